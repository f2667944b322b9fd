// Ten notes written after what the second set had shown was mended, in other words again. Nothing is changed for them: their
// score is the one that says most about the next note.
import type { Person } from './people.ts';

const name = (text: string) => `{{NAME|${text}}}`;
const place = (text: string) => `{{PLACE|${text}}}`;
const date = (text: string) => `{{DATE|${text}}}`;
const age = ({ age: years }: Person) => (years > 89 ? `{{AGE|${years}}}` : String(years));
const first = (p: Person) => name(p.relative.name.split(' ')[0] ?? '');
const city = (p: Person) => place(p.city.split(',')[0] ?? '');

type Template = (person: Person) => string;

const triage: Template = (
  p,
) => `Triage 23:40. ${age(p)} ${p.sex}, brought by ambulance from ${place(p.street)}. Collapsed at the bus stop. ${first(p)} (${p.relative.relation}) says ${name(p.given)} has had <<Ménière>> for years. Wristband {{RECORD|${p.recordNumber}}}. Glucose 6.2, <<Hb 11.2>>. Allergic to nothing known.
`;

const ward: Template = (p) => `Handover 4B
Bed 3 ${name(p.family)}, day 2 after <<Hartmann's>> procedure, drain 40 ml. ${name(p.clinician)} wants the catheter out tomorrow.
Bed 3's ${p.relative.relation} visits ${date('on Sundays')}. Discharge planned ${date('Fri 27th')}. District nurse in ${city(p)} informed, tel {{PHONE|${p.phone}}}.
`;

const oncology: Template = (p) => `MDT outcome, ${date('week of 9 November')}
${name(`${p.given} ${p.family}`)}, dob ${date(p.born)}, {{RECORD|${p.recordNumber}}}: <<Gleason 3+4>>, <<PSA 8.1>>. Options put to ${name(p.family)} by ${name(p.clinician)}. Prefers surveillance. Works shifts at {{EMPLOYER|${p.employer}}}, cannot come before ${date('mid-January')}.
`;

const mail: Template = (p) => `Hi both,
following up on the patient we talked about after clinic: ${name(p.given)} wrote to me from {{EMAIL|${p.email}}} and asks whether the <<Holter>> can be done near ${city(p)}. I rang {{PHONE|${p.phone}}}, no answer. ${first(p)} picked up later. Could you book for ${date('3/12')}?
Best, ${name(p.clinician.split(' ')[0] ?? '')}
`;

const insurance: Template = (p) => `To the medical service of the insurer
Your sign: {{PLAN|${p.planNumber}}}. Insured person ${name(`${p.family} ${p.given}`)}, resident of ${place(p.postcode)} ${city(p)}.
Sick leave certified from ${date('5.10.')} to ${date('30.11.2026')}. Diagnosis: <<Bechterew's disease>>. Employer informed: {{EMPLOYER|${p.employer}}}. Practice stamp ${place(p.hospital)}. Bank details for the fee: {{ACCOUNT|DE02 1203 0000 0000 2020 51}}.
`;

const paediatric: Template = (
  p,
) => `Seen with the mother. Child of ${name(p.relative.name)}, attends ${place('Larkfield Nursery')}. Growth on the <<Tanner>> chart fine. <<Kawasaki>> excluded in ${date('2024-02')}. Vaccines up to date, red book no {{RECORD|${p.recordNumber}}}. Next look ${date('after Easter')}.
`;

const theatre: Template = (
  p,
) => `Theatre 2. Pt ${name(`${p.given.charAt(0)}${p.family.charAt(0)}`)} / {{RECORD|${p.recordNumber}}}. Knife to skin 09:12. Prosthesis {{DEVICE|REF 71332 LOT ${p.recordNumber.slice(-5)}}}. Surgeon ${name(p.clinician)}, scrub ${name('Ottoline')}. <<Trendelenburg>> 15 degrees. Blood loss 200 ml.
`;

const telephone: Template = (
  p,
) => `Call from the ${p.relative.relation}, ${name(p.relative.name)}, at 07:55 from {{PHONE|${p.phone}}}. Worried: ${name(p.given)} drove the {{VEHICLE|${p.country === 'DE' ? 'J-RT 883' : p.country === 'UK' ? 'YK70 LTM' : 'Ford, tag 8ABC123'}}} into a hedge near ${place(p.street)}. Police took details. <<Donepezil>> was started ${date('three weeks ago')}. Advised to bring in today.
`;

const research: Template = (
  p,
) => `Screening log. Initials ${name(`${p.given.charAt(0)}.${p.family.charAt(0)}.`)}, born ${date(p.born.slice(0, 7))}, site ${place(p.hospital)}, consent ${date('Nov 2nd')}. NHS/insurance {{PLAN|${p.planNumber}}}. Device IP of the home hub {{IP|192.168.${p.age}.5}}; portal {{URL|www.study.example/${p.recordNumber}}}. <<Charlson>> 3.
`;

const german: Template = (
  p,
) => `Telefonnotiz: ${p.sex === 'F' ? 'Frau' : 'Herr'} ${name(p.family)} ruft aus ${city(p)} an, Rückruf unter {{PHONE|${p.phone}}}. ${name(p.relative.name)} holt das Rezept am ${date('Freitag, dem 4.')} ab. <<Marcumar>> pausiert. Aktenzeichen {{RECORD|${p.recordNumber}}}. Gez. ${name(p.clinician)}
`;

export const thirdTemplates: readonly Template[] = [
  triage,
  ward,
  oncology,
  mail,
  insurance,
  paediatric,
  theatre,
  telephone,
  research,
  german,
];
