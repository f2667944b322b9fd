/** One promise of this app, the clauses it supports, the tests that show it, and what it does not do. */
export interface Control {
  readonly name: string;
  readonly clauses: readonly string[];
  /** Titles of tests, word for word. */
  readonly tests: readonly string[];
  readonly remains: string;
}

export const controls: readonly Control[] = [
  {
    name: 'Only what is needed leaves: identifiers become placeholders, and a request that holds one is refused',
    clauses: ['45 CFR 164.502(b)', '45 CFR 164.514(d)', 'GDPR 5(1)(c)', 'GDPR 25'],
    tests: [
      'no planted identifier reaches the wire',
      'a note that would leak is not sent',
      'recall over the 30 notes, per Safe Harbor category, is at least what the README says',
      'what the clinician marks is replaced too, and only the redacted note is handed on',
    ],
    remains:
      'Records kept complete: the leak check knows the values of the record and no others. People who read the preview.',
  },
  {
    name: 'Placeholders are restored here, exactly; an invented one is refused',
    clauses: ['45 CFR 164.312(c)(1)', 'GDPR 5(1)(d)'],
    tests: [
      'the summary restores exactly the placeholders it was given, and no invented one',
      'a text that looks like a placeholder is replaced, so that nothing is restored by mistake',
      'an invented placeholder is refused by name',
    ],
    remains: 'The clinician checks the content: a summary is a draft until it is signed.',
  },
  {
    name: 'Processing stays in the EU, without keys, and nothing is stored by the service on our request',
    clauses: ['GDPR 28', 'GDPR 44', '45 CFR 164.312(d)'],
    tests: ['a deployment outside the EU is refused before a call', 'no planted identifier reaches the wire'],
    remains:
      'The agreement with the provider (BAA, DPA). Abuse monitoring may keep prompts for up to 30 days unless the resource is exempted.',
  },
  {
    name: 'Encrypted at rest, one key per patient, every text bound to its row',
    clauses: ['45 CFR 164.312(a)(2)(iv)', 'GDPR 32(1)(a)'],
    tests: [
      'the file holds no plain text, and its folder and keys are for the owner only',
      'a note that was moved to another row does not open',
      "a note does not open with another patient's key, nor under another patient",
      'rotation wraps every data key anew, and goes on where it stopped',
      'a data key is wrapped and unwrapped by Key Vault, by the version that wrapped it',
    ],
    remains:
      'The wrapping key in a vault, not in the file that is meant for one machine. TLS in front of the page.',
  },
  {
    name: 'Access by treating ward, emergency access with a reason, a time limit and a review',
    clauses: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(a)(2)(ii)', 'GDPR 32(1)(b)'],
    tests: [
      'another ward is refused at every door, and the refusal is in the audit',
      'break-glass without a reason is refused: ""',
      'break-glass opens one patient for one person, ends by itself, and waits for the privacy officer',
    ],
    remains: 'Roles in Entra ID kept true. The privacy officer looks.',
  },
  {
    name: 'An audit that shows what was changed, removed or cut off',
    clauses: ['45 CFR 164.312(b)', 'GDPR 5(2)', 'GDPR 30'],
    tests: [
      'the audit refuses changes and removals',
      "a changed, removed or cut-off entry is named: update audit set actor = 'eve' where seq = 2",
      'a changed, removed or cut-off entry is named: delete from audit where seq > 3',
      'an audit that was written anew from an entry on is named by its anchor',
      'the audit holds no clinical text, no name and no reason',
    ],
    remains:
      'An anchor that the database administrator cannot write (a container with an immutability policy). Who can rewrite both is not seen.',
  },
  {
    name: 'Nothing is lost: versions, signatures, refused notes',
    clauses: ['45 CFR 164.312(c)(1)', 'GDPR 32(1)(b)'],
    tests: [
      'two clinicians who edit at once lose nothing: the second is shown the first text',
      'a draft is versioned, signed as it was seen, and never changed afterwards',
      'a filtered note is handled without losing it',
      'a transaction that fails leaves nothing, and no entry in the audit',
    ],
    remains: 'Backups, and trying to restore them.',
  },
  {
    name: 'Retention by rule, legal hold, erasure that can be shown',
    clauses: ['GDPR 5(1)(e)', 'GDPR 17', '45 CFR 164.316(b)(2)(i)'],
    tests: [
      'after erasure no byte of the person is in the file, and the audit still verifies',
      'a legal hold keeps a person, for erasure and for retention',
      'retention counts from the last contact, to the day',
      'a dry run of retention erases nobody',
    ],
    remains:
      'The period that your law asks for. Copies of the wrapping key: whoever keeps an old one and an old backup can read it.',
  },
  {
    name: 'A copy of what is stored about a person',
    clauses: ['GDPR 15', 'GDPR 20', '45 CFR 164.524'],
    tests: ["the export holds all of one person and nobody else's, as data and as a page without script"],
    remains: 'To know that the person who asks is that person.',
  },
];
