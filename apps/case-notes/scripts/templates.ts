// The notes as templates. `{{KIND|text}}` plants an identifier, `<<text>>` a decoy that has to stay.
import type { Kind } from '../src/redact/kind.ts';
import type { Person } from './people.ts';

const id = (kind: Kind, text: string) => `{{${kind}|${text}}}`;
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A day as it is written in each country. */
function written(iso: string, { country }: Person): string {
  const [year, month, day] = iso.split('-');
  if (country === 'US') return `${month}/${day}/${year}`;
  return country === 'UK' ? `${day}/${month}/${year}` : `${day}.${month}.${year}`;
}

const spoken = (iso: string) => {
  const [year, month, day] = iso.split('-').map(Number);
  return `${day} ${monthNames[(month ?? 1) - 1]} ${year}`;
};

function facts(p: Person) {
  const title = p.sex === 'F' ? 'Mrs' : 'Mr';
  return {
    full: id('NAME', `${p.given} ${p.family}`),
    polite: `${title} ${id('NAME', p.family)}`,
    born: id('DATE', written(p.born, p)),
    age: p.age > 89 ? id('AGE', String(p.age)) : String(p.age),
    relative: `${p.relative.relation} ${id('NAME', p.relative.name)}`,
    doctor: `Dr ${id('NAME', p.clinician)}`,
    doctorAgain: `Dr ${id('NAME', p.clinician.split(' ').at(-1) ?? '')}`,
    hospital: id('PLACE', p.hospital),
    address:
      p.country === 'DE'
        ? `${id('PLACE', p.street)}, ${id('PLACE', `${p.postcode} ${p.city}`)}`
        : `${id('PLACE', p.street)}, ${id('PLACE', p.city)} ${id('PLACE', p.postcode)}`,
    phone: id('PHONE', p.phone),
    email: id('EMAIL', p.email),
    employer: id('EMPLOYER', p.employer),
    record: id('RECORD', p.recordNumber),
    plan: id('PLAN', p.planNumber),
    state:
      p.country === 'US'
        ? `SSN ${id('SSN', p.stateNumber)}`
        : p.country === 'UK'
          ? `NHS number ${id('RECORD', p.stateNumber)}`
          : `tax number ${id('SSN', p.stateNumber)}`,
    licence:
      p.country === 'US'
        ? `NPI ${id('LICENCE', p.licence)}`
        : p.country === 'UK'
          ? `GMC ${id('LICENCE', p.licence)}`
          : `LANR ${id('LICENCE', p.licence)}`,
    she: p.sex === 'F' ? 'she' : 'he',
    her: p.sex === 'F' ? 'her' : 'his',
    day: (iso: string) => id('DATE', written(iso, p)),
    spoken: (iso: string) => id('DATE', spoken(iso)),
  };
}

type Template = (person: Person) => string;

const chest: Template = (p) => {
  const f = facts(p);
  return `Patient: ${f.full}   DOB: ${f.born}   MRN: ${f.record}   Sex: ${p.sex}
Seen ${f.spoken('2026-11-12')} at ${f.hospital} by ${f.doctor} (${f.licence}).

${f.age}-year-old, lives at ${f.address} with ${f.her} ${f.relative}. Phone ${f.phone}, email ${f.email}. ${f.state}.

${f.polite} reports three days of productive cough and fever. Past history: <<Parkinson's disease>>, <<Graves disease>>, <<Hodgkin lymphoma>> in 1998. On examination: BP 142/88, HR 92, temp 38.1, SpO2 94 % on air. <<Hb 9.8 g/dL>>, CRP 84 mg/L. Chest X-ray: right lower lobe consolidation.

Impression: community-acquired pneumonia. Started <<amoxicillin 500 mg>> three times a day for seven days. Follow up on ${f.day('2026-11-19')} with ${f.doctorAgain}.
`;
};

const cardiac: Template = (p) => {
  const f = facts(p);
  return `EMERGENCY DEPARTMENT

${f.polite}, ${f.state}, policy ${f.plan}, presented on ${f.spoken('2026-01-03')} with central chest pain. ${f.she === 'she' ? 'She' : 'He'} is ${f.age} years old and works for ${f.employer}. ${f.her === 'her' ? 'Her' : 'His'} ${f.relative} was called on ${f.phone}.

Pacemaker in place, serial ${id('DEVICE', `SN-PM-${p.recordNumber.slice(-4)}-0098`)}. ECG: no ST elevation. <<Troponin 0.04>>, <<EF 55 %>>. <<Holter>> monitor last year showed no <<Wolff-Parkinson-White>> pattern. Known <<Raynaud>> phenomenon.

Aspirin 300 mg given, <<Eliquis>> 5 mg twice a day continued. Plan: catheter with ${f.doctor} at ${f.hospital}. Home address ${f.address}.
`;
};

const letter: Template = (p) => {
  const f = facts(p);
  return `${f.hospital}
Department of Neurology
${f.spoken('2026-09-28')}

Dear colleague,

Thank you for referring ${f.full}, born ${f.born}, hospital number ${f.record}. ${f.she === 'she' ? 'She' : 'He'} came with ${f.her} ${f.relative}, who reports falls since ${id('DATE', 'March 2025')}.

Examination: <<Romberg>> negative, <<Babinski>> flexor, reflexes brisk. <<MMSE 24/30>>. No resting tremor; <<Lewy body>> dementia is less likely than <<Alzheimer's disease>>. I discussed a <<CT>> of the head.

Medication: <<donepezil 5 mg>> at night, <<Ramipril>> 2.5 mg. ${f.polite} lives at ${f.address} and can be reached on ${f.phone} or ${f.email}. Please review in three months.

Yours sincerely,
${f.doctor}, ${f.licence}
`;
};

const discharge: Template = (p) => {
  const f = facts(p);
  return `DISCHARGE SUMMARY
Name: ${f.full}
Date of birth: ${f.born}
Record no. ${f.record}
Admitted: ${f.day('2026-08-02')}   Discharged: ${f.day('2026-08-09')}
Insurance: member number ${f.plan}

Elective hemicolectomy for <<Crohn's disease>>. No complications. <<Foley>> catheter removed on day two. Histology: no malignancy. <<Ringer's lactate>> 2 L, then oral fluids. <<Hb 10.9>>, <<creatinine 88>>.

${f.polite} (${f.age} years) was seen daily by ${f.doctor}. Next of kin: ${f.relative}, ${f.phone}. Employer: ${f.employer}; sick note for four weeks.

Discharged to ${f.address}. Paracetamol 1 g four times a day, <<Clexane>> 40 mg for 28 days.
`;
};

const diabetes: Template = (p) => {
  const f = facts(p);
  return `Diabetes clinic, ${f.hospital}, ${f.day('2026-10-14')}

Pt: ${f.full}, ${f.age} years old, ${f.state}. ${f.she === 'she' ? 'She' : 'He'} retired from ${f.employer} and now lives alone in ${id('PLACE', p.city.split(',')[0] ?? '')}.

<<HbA1c 68 mmol/mol>>, BMI 31, eGFR 58. Feet: pulses present, no ulcer, no <<Charcot>> joint. <<Dupuytren's contracture>> of the left hand. Eyes: screening on ${f.day('2026-06-30')} showed background retinopathy.

<<Metformin 1 g>> twice a day and <<Lantus>> 18 units at night continue; <<Jardiance>> 10 mg added. ${f.polite} uses the app at ${id('URL', `https://glucose.example.org/u/${p.recordNumber}`)}. Questions by phone: ${f.phone}. ${f.doctor} sees ${f.her === 'her' ? 'her' : 'him'} again in ${id('DATE', 'January 2027')}.
`;
};

const mental: Template = (p) => {
  const f = facts(p);
  return `Psychiatry, telephone consultation ${f.day('2026-05-21')}

Called ${f.full} on ${f.phone}; the line came from ${id('IP', `10.22.${p.age}.17`)} by the portal. ${f.her === 'her' ? 'Her' : 'His'} ${f.relative} was present. ${f.she === 'she' ? 'She' : 'He'} works as a planner for ${f.employer} and has been off since ${f.spoken('2026-04-02')}.

Low mood, early waking, no thoughts of self-harm. <<PHQ-9 17>>. No history of <<Tourette>> or psychosis. <<TSH 2.1>>, to exclude <<Hashimoto>> thyroiditis. Sleep is better on <<mirtazapine 15 mg>>.

Plan: <<sertraline 50 mg>>, weekly calls. Crisis contact: ${f.relative}. Record ${f.record}. ${f.doctor}, ${f.licence}.
`;
};

const orthopaedic: Template = (p) => {
  const f = facts(p);
  return `Fracture clinic ${f.day('2026-02-11')}

${f.full} (${f.born}) fell from a bicycle on ${f.spoken('2026-02-09')}. ${f.polite} was driving a van with the plate ${id('VEHICLE', p.country === 'DE' ? 'GÖ-MK 412' : p.country === 'UK' ? 'AB12 KDE' : '1A GV 204')} for ${f.employer} until then.

<<Colles>> fracture of the left wrist, closed. <<Tinel>> negative, <<Phalen>> negative. Plate fixed under general anaesthetic, implant lot ${id('DEVICE', `LX${p.recordNumber.slice(-6)}`)}. <<Glasgow Coma Scale 15>>.

Cast for six weeks. ${f.doctor} at ${f.hospital}. Invoice to account ${id('ACCOUNT', `4471${p.recordNumber.slice(-6)}`)}. Fax of the practice: ${id('FAX', p.country === 'US' ? '(208) 555-0177' : p.country === 'UK' ? '01632 960 777' : '030 23125 777')}.
`;
};

const kidney: Template = (p) => {
  const f = facts(p);
  return `Renal ward round, ${f.hospital}

Bed 7. ${f.polite}, ${f.age} years old. Patient ID: ${f.record}. Dialysis since ${id('DATE', 'October 2024')}, at ${f.hospital} three times a week.

Overnight: <<K 5.1>>, <<Na 136>>, <<Hb 9.4 g/dL>>, weight 71.2 kg. Fistula: good thrill. <<Goodpasture syndrome>> in 2011, <<Henoch-Schönlein>> excluded. BP 128/76.

${f.full} would like to move closer to ${f.her} ${f.relative}, who lives at ${f.address}. Transplant list: reviewed by ${f.doctor} on ${f.day('2026-07-15')}. <<Epoetin 4000 units>> weekly. Contact ${f.email}.
`;
};

const gynaecology: Template = (p) => {
  const f = facts(p);
  return `Clinic note
Referred by ${f.doctor} on ${f.day('2026-03-02')}

I saw ${f.full} together with ${f.her} ${f.relative}. Date of birth ${f.born}, ${f.state}, plan number ${f.plan}.

Long-standing pelvic pain. Ultrasound normal. <<CA 125 21>>. Past: <<Bell's palsy>> aged 30, <<Sjögren's syndrome>>, varicella in 2004. Allergies: <<Augmentin>>. Family: mother died of a stroke aged 71.

${f.polite} takes <<Lyrica>> 75 mg. We agreed to wait. ${f.doctorAgain} will call ${f.phone} with the result on ${f.spoken('2026-03-16')}. Letters go to ${f.address}.
`;
};

const german: Template = (p) => {
  const f = facts(p);
  return `Arztbrief

Patient: ${f.full}, geboren am ${f.born}, Fallnummer: ${f.record}, Versichertennummer ${f.plan}
Wohnhaft: ${f.address}. Telefon ${f.phone}.

${p.sex === 'F' ? 'Frau' : 'Herr'} ${id('NAME', p.family)} stellte sich am ${f.day('2026-10-05')} im ${f.hospital} vor. Arbeitet bei ${f.employer}. Begleitet von ${id('NAME', p.relative.name)}.

Diagnosen: <<Morbus Crohn>>, <<Morbus Basedow>>, arterielle Hypertonie. RR 150/90, Puls 78, <<Hb 12,4 g/dl>>. Therapie: <<Ramipril>> 5 mg, <<Marcumar>> nach INR, <<L-Thyroxin 75>>.

Wir empfehlen eine Kontrolle am ${f.day('2026-12-01')}.

Dr. ${id('NAME', p.clinician)}, LANR ${id('LICENCE', p.licence)}
`;
};

export const templates: readonly Template[] = [
  chest,
  cardiac,
  letter,
  discharge,
  diabetes,
  mental,
  orthopaedic,
  kidney,
  gynaecology,
  german,
];
