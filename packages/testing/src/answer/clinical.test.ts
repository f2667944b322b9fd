import { describe, expect, test } from 'vitest';
import { rowsOfNote } from './clinical-rows.ts';
import { conditions, medicines } from './clinical.ts';

const codesOf = (note: string) => conditions(note).map(({ code }) => code);

test.each([
  ['G20', ['Parkinson disease', "Parkinson's"]],
  ['E10.9', ['Type 1 diabetes']],
  ['E11.9', ['Type 2 diabetes', 'diabetic']],
  ['I10', ['Hypertension', 'hypertensive', 'High blood pressure', 'High blood\npressure']],
  ['J18.9', ['Pneumonia', 'lower lobe consolidation']],
  ['J45.909', ['Asthma']],
  ['J44.9', ['COPD', 'Chronic obstructive lung disease']],
  ['I48.91', ['Atrial fibrillation']],
  ['I50.9', ['Heart failure']],
  ['I21.9', ['Myocardial infarction', 'Heart attack']],
  ['I20.9', ['Angina']],
  ['I63.9', ['Stroke']],
  ['G43.909', ['Migraine']],
  ['G40.909', ['Epilepsy', 'seizures']],
  ['G30.9', ['Alzheimer disease']],
  ['F32.A', ['Depression', 'depressed']],
  ['F41.9', ['Anxiety']],
  ['E05.00', ['Graves disease']],
  ['E06.3', ['Hashimoto thyroiditis']],
  ['E03.9', ['Hypothyroidism']],
  ['K50.90', ['Crohn disease']],
  ['C81.90', ['Hodgkin lymphoma']],
  ['N39.0', ['Urinary tract infection', 'UTI']],
  ['N18.9', ['Kidney disease', 'kidney failure', 'CKD']],
  ['D64.9', ['Anaemia', 'anemia']],
  ['M19.90', ['Osteoarthritis']],
  ['M06.9', ['Rheumatoid arthritis']],
  ['M10.9', ['Gout']],
  ['T14.8', ['Fracture']],
  ['R05.9', ['Cough', 'coughing']],
  ['R50.9', ['Fever']],
  ['R07.9', ['Chest pain']],
  ['R51.9', ['Headache']],
])('%s is the code of each of %j', (code, notes) => {
  for (const note of notes) expect([note, codesOf(`Known ${note}.`)]).toEqual([note, [code]]);
});

test.each<[string, readonly string[]]>([
  ['Headache and cough. Fever. Gout, asthma.', ['R51.9', 'R05.9', 'R50.9', 'M10.9', 'J45.909']],
  ['Diabetes. It is type 1 diabetes.', ['E10.9']],
  ['No fever, cough.', ['R05.9']],
  ['Denies asthma; gout.', ['M10.9']],
  ['Without any angina, and no known migraine.', []],
  ['Negative for UTI. Not a stroke.', []],
  ['Asthma, no fever.', ['J45.909']],
  ['Nodules and gout. Notes fever.', ['M10.9', 'R50.9']],
  ['No fever at night. Fever by day.', ['R50.9']],
  ['The heatstroke, the uttering and the gouty toe.', []],
  ['', []],
])('of %j the codes are %j', (note, expected) => {
  expect(codesOf(note)).toEqual(expected);
});

test('what a note says of a condition is the sentence that names it', () => {
  expect(conditions('He sleeps well. He has a fever, not high. No cough.')[0]).toMatchObject({
    name: 'Fever',
    evidence: 'He has a fever, not high.',
  });
});

test.each<[string, readonly (readonly [name: string, dose: string, frequency: string, evidence: string])[]]>([
  [
    'Takes Metformin 500 mg twice a day.',
    [['metformin', '500 mg', 'twice a day', 'Metformin 500 mg twice a day']],
  ],
  ['Ramipril  2,5mg , daily', [['ramipril', '2,5mg', 'daily', 'Ramipril  2,5mg , daily']]],
  [
    'Levothyroxine 12.5 mcg, then bed',
    [['levothyroxine', '12.5 mcg', 'not stated', 'Levothyroxine 12.5 mcg']],
  ],
  [
    'insulin 10 units at night  for 3  days, co-codamol 8 mg prn',
    [
      ['insulin', '10 units', 'at night', 'insulin 10 units at night'],
      ['co-codamol', '8 mg', 'prn', 'co-codamol 8 mg prn'],
    ],
  ],
  [
    'insulin 1 unit at night for 30 days',
    [['insulin', '1 unit', 'at night for 30 days', 'insulin 1 unit at night for 30 days']],
  ],
  [
    'drops 5 ml every 12 hours for 2 weeks',
    [['drops', '5 ml', 'every 12 hours for 2 weeks', 'drops 5 ml every 12 hours for 2 weeks']],
  ],
  [
    'cream 5 g three times per day daily',
    [['cream', '5 g', 'three times per day daily', 'cream 5 g three times per day daily']],
  ],
  ['drug 5 mg, tea 5 ml, 3creams 5 mg, cream 5 mgs', []],
])('of %j the medicines are %j', (note, expected) => {
  const found = medicines(note).map(({ name, dose, frequency, evidence }) => [
    name,
    dose,
    frequency,
    evidence,
  ]);
  expect(found).toEqual(expected);
});

describe('rows of a note', () => {
  const note = 'Known asthma. Takes metformin 500 mg daily.';
  const asthma = { evidence: 'Known asthma.', name: 'Asthma', code: 'J45.909' };
  const metformin = {
    evidence: 'metformin 500 mg daily',
    name: 'metformin',
    dose: '500 mg',
    frequency: 'daily',
  };

  test.each<[string, readonly string[], object]>([
    ['problems', ['icd', 'evidence'], { icd: asthma.code, evidence: asthma.evidence }],
    [
      'problems',
      ['icd10', 'quote', 'name'],
      { icd10: asthma.code, quote: asthma.evidence, name: asthma.name },
    ],
    [
      'x',
      ['snomed_code', 'words', 'problem'],
      { snomed_code: asthma.code, words: asthma.evidence, problem: asthma.name },
    ],
    [
      'x',
      ['diagnosisCode', 'supporting', 'label'],
      { diagnosisCode: asthma.code, supporting: asthma.evidence, label: asthma.name },
    ],
    [
      'x',
      ['diagnosis_code', 'code', 'source_text'],
      { diagnosis_code: asthma.code, code: asthma.code, source_text: asthma.evidence },
    ],
    [
      'x',
      ['icd', 'sourceText', 'dose', 'schedule', 'size'],
      { icd: asthma.code, sourceText: asthma.evidence },
    ],
    [
      'x',
      ['icd', 'condition', 'diagnosis'],
      { icd: asthma.code, condition: asthma.name, diagnosis: asthma.name },
    ],
    [
      'medications',
      ['name', 'dose', 'frequency'],
      { name: metformin.name, dose: metformin.dose, frequency: metformin.frequency },
    ],
    [
      'medicines',
      ['drug', 'dosage', 'schedule'],
      { drug: metformin.name, dosage: metformin.dose, schedule: metformin.frequency },
    ],
    ['medicine', ['medicine', 'strength'], { medicine: metformin.name, strength: metformin.dose }],
    ['drug', ['description'], { description: metformin.name }],
    ['prescription', ['evidence', 'code'], { evidence: metformin.evidence }],
    ['drugs', ['barcodes'], {}],
  ])('a list of %s with %j has %j', (list, properties, values) => {
    expect(rowsOfNote(note, list, properties)?.map((row) => row.values)).toEqual([values]);
  });

  test('are of a condition only where the list has its code', () => {
    expect(rowsOfNote(note, 'problems', ['name', 'evidence'])).toBeUndefined();
    expect(rowsOfNote(note, 'problems', ['my_icd'])).toBeUndefined();
  });

  test('are none of a list without properties, and none where no condition is named', () => {
    expect(rowsOfNote(note, 'medications', [])).toBeUndefined();
    expect(rowsOfNote('All is well.', 'problems', ['icd10'])).toBeUndefined();
    expect(rowsOfNote('All is well.', 'medications', ['icd10', 'name'])).toEqual([]);
  });
});
