// npm run quality: how well identifiers are found, per Safe Harbor category.
import { qualityOf, qualityTable, syntheticNotes } from './quality.ts';

for (const folder of ['notes', 'second-set', 'third-set'] as const) {
  for (const withRecord of [true, false]) {
    const quality = qualityOf(syntheticNotes(folder), { withRecord });
    console.log(
      `\n${folder}, ${withRecord ? 'with the record' : 'recognizers alone'}\n${qualityTable(quality)}`,
    );
    for (const missed of quality.missed) console.log(`  missed ${missed}`);
  }
}
