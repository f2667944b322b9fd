// Ten notes written after the recognizers were finished, in other words than theirs. Their score is reported beside the
// first: it says more about the next note.
import type { Person } from './people.ts';

const name = (text: string) => `{{NAME|${text}}}`;
const place = (text: string) => `{{PLACE|${text}}}`;
const date = (text: string) => `{{DATE|${text}}}`;

type Template = (person: Person) => string;

const homeVisit: Template = (p) => `District nursing, home visit

Went round to ${name(p.family)}'s flat this morning (${date('Tue 3 Nov')}). The door was opened by ${name(p.relative.name.split(' ')[0] ?? '')}, the ${p.relative.relation}. ${name(p.given)} was in bed, drowsy but rousable. Leg ulcer smaller, 3 x 2 cm, clean. <<Doppler>> not repeated. District phone list has the landline as {{PHONE|${p.phone}}}.

Their GP at ${place(p.hospital)} was told. Next visit on ${date('the 10th')}. Keys are with the neighbour at number 14.
`;

const referral: Template = (p) => `Re: ${name(`${p.family}, ${p.given}`)} (d.o.b. ${date(p.born)})

Thanks for seeing this ${p.age > 89 ? `{{AGE|${p.age}}}` : p.age} y/o from ${place(p.city.split(',')[0] ?? '')} with new-onset seizures. First one at work, {{EMPLOYER|${p.employer}}} canteen, on ${date('2nd of February')}. Colleague ${name('Gwen')} filmed it. <<EEG>> normal. <<Keppra>> 500 mg bd started. Can be emailed: {{EMAIL|${p.email}}}.

Regards, ${name(p.clinician)}
`;

const icu: Template = (p) => `ICU day 3. 0600 round
${name(p.family.toUpperCase())} ${name(p.given.toUpperCase())}, hosp. no {{RECORD|${p.recordNumber}}}
Ventilated, FiO2 0.4, PEEP 8. Noradrenaline 0.12. <<Swan-Ganz>> out. <<GCS>> 3T. Lactate 1.9.
Family meeting at 15:00 with ${p.relative.relation} (${name(p.relative.name)}, mob {{PHONE|${p.phone}}}) and ${name(p.clinician)}.
Transferred in from ${place(p.hospital)} ${date('30/10')}.
`;

const physio: Template = (
  p,
) => `Physio. ${name(p.given)} did well today: 40 m with the frame, stairs with one rail. Wants to be back home in ${place(p.street)} before ${p.sex === 'F' ? 'her' : 'his'} birthday on ${date('the 14th of December')}. ${name(p.relative.name)} can stay for two weeks. <<Barthel>> 65, <<Berg>> 41. No pain on <<McMurray>> test.
`;

const pharmacy: Template = (p) => `Medicines reconciliation ${date('20261103')}
Source: repeat slip, patient's own drugs, call to pharmacy in ${place(p.city.split(',')[0] ?? '')}
Pt ID checked against wristband {{RECORD|${p.recordNumber}}}, insurer's card {{PLAN|${p.planNumber}}}
<<Bisoprolol>> 2.5 mg om, <<Furosemide>> 40 mg om, <<Symbicort>> 200/6 two puffs bd
Allergy: <<penicillin>> (rash, ${date('Feb 2011')})
Signed ${name(p.clinician)} reg. {{LICENCE|${p.licence}}}
`;

const socialWork: Template = (p) => `Social work
${name(`${p.given} ${p.family}`)} rents from the council at ${place(p.street)}, ${place(p.postcode)}. Lost the job with {{EMPLOYER|${p.employer}}} in ${date('June')}. Rent arrears on account {{ACCOUNT|${p.recordNumber}77}}. ${name(p.relative.name)} (${p.relative.relation}) holds power of attorney and prefers text to {{PHONE|${p.phone}}}. The school of the younger child is ${place('Hollybrook Primary')}. Benefit reference {{SSN|${p.stateNumber}}}.
`;

const pathology: Template = (p) => `Specimen 26-H-11874
Clin. details: ${p.age > 89 ? `{{AGE|${p.age}}}` : p.age}${p.sex}, ${name(`${p.family}/${p.given}`)}, ${date(p.born.replaceAll('-', '/'))}
Breast core, left. <<Ki-67>> 12 %, <<Bloom>> and <<Richardson>> grade 2, ER 8/8. <<Paget's disease>> of the nipple not seen.
Reported ${date('4/11/26')} ${name(p.clinician)}, ${place(p.hospital)}. Copy faxed to {{FAX|${p.phone}}}.
`;

const maternity: Template = (
  p,
) => `Booking visit. ${name(p.given)} came alone; partner ${name(p.relative.name)} works away. G2 P1, EDD ${date('17 April 2027')}. <<Apgar>> scores of the first child 9 and 10. Lives over the shop in ${place(p.street)}. Portal login https is {{URL|https://births.example.net/id/${p.planNumber}}}. Midwife ${name('Bronwen')}.
`;

const dischargeAgainstAdvice: Template = (
  p,
) => `At 02:15 ${name(`${p.given} ${p.family}`)} asked to leave. I (${name(p.clinician)}, registrar) explained the risks. Capacity present. Took ${p.sex === 'F' ? 'her' : 'his'} own car, {{VEHICLE|${p.country === 'DE' ? 'HB-KL 2207' : p.country === 'UK' ? 'LS21 OPQ' : '7XKD 338'}}}. Next of kin ${name(p.relative.name)} rang back at 02:40 from {{PHONE|${p.phone}}}. <<Naloxone>> kit given. Address in the system, ${place(p.street)}, is out of date.
`;

const telemetry: Template = (
  p,
) => `Device check, remote. Model <<Azure XT>>, s/n {{DEVICE|RVX${p.recordNumber.slice(-5)}K}}. Transmission of ${date('Oct 29')} from {{IP|2001:db8:4::${p.age}}}. Battery 7.2 years. <<AF>> burden 3 %. Letter to ${name(`${p.given.charAt(0)}. ${p.family}`)}, ${place(p.city.split(',')[0] ?? '')}; copy to the surgery of ${name(p.clinician)}.
`;

export const secondTemplates: readonly Template[] = [
  homeVisit,
  referral,
  icu,
  physio,
  pharmacy,
  socialWork,
  pathology,
  maternity,
  dischargeAgainstAdvice,
  telemetry,
];
