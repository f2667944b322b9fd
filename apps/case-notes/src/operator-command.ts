// What an operator does: npm run verify | retention | export | erase | hold | rotate. Each prints what it did and ends with
// 0, or with 1 and one sentence.
import { operate } from './operate.ts';

const { code, text } = await operate(process.argv.slice(2));
if (code === 0) console.log(text);
else console.error(text);
process.exitCode = code;
