// What an operator does: npm run verify | retention | export | erase | hold | rotate. Each prints what it did and ends with
// 0, or with 1 and one sentence.
import { operate } from './operate.ts';

process.exitCode = await operate(process.argv.slice(2), { say: console.log, complain: console.error });
