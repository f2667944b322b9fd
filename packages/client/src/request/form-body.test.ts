import { describe, expect, test } from 'vitest';
import { encodeForm, formOf, modelOfForm, readForm } from './form-body.ts';
import type { FormFields } from './form-body.ts';

const sound = new File(['abc'], 'sound.wav', { type: 'audio/wav' });

function form(...fields: FormFields): FormData {
  const made = new FormData();
  for (const [field, value] of fields) {
    if (typeof value === 'string') made.append(field, value);
    else made.append(field, value, value.name);
  }
  return made;
}

/** The fields that a server would read. */
async function sent(fields: FormFields, model?: string): Promise<unknown[]> {
  const bytes = await encodeForm(fields, model);
  const read = (await readForm(bytes, bytes.contentType)) ?? [];
  return Promise.all(
    read.map(async ([field, value]) =>
      typeof value === 'string' ? [field, value] : [field, value.name, value.type, await value.text()],
    ),
  );
}

test('a form is taken as it is when it is given', () => {
  const made = form(['model', 'chat'], ['n', '1']);
  const fields = formOf(made);
  made.set('model', 'other');
  made.append('n', '2');
  expect(fields).toEqual([
    ['model', 'chat'],
    ['n', '1'],
  ]);
});

test('what is no form is none', async () => {
  expect(await readForm('no form', 'multipart/form-data; boundary=x')).toBeUndefined();
  expect(await readForm('--x--\r\n', 'multipart/form-data')).toBeUndefined();
});

describe('encodeForm', () => {
  const fields: FormFields = [
    ['file', sound],
    ['model', 'chat'],
    ['tag', 'a'],
    ['tag', 'b'],
  ];
  const others = [
    ['file', 'sound.wav', 'audio/wav', 'abc'],
    ['tag', 'a'],
    ['tag', 'b'],
  ];

  test('writes another model in place of its own, and keeps names, types and bytes of files', async () => {
    expect(await sent(fields, 'other')).toEqual([...others, ['model', 'other']]);
  });

  test('leaves the model where there is no other', async () => {
    expect(await sent(fields)).toEqual([others[0], ['model', 'chat'], ...others.slice(1)]);
  });

  test('says with which boundary it was written, and chooses it anew', async () => {
    const [first, second] = [await encodeForm(fields, undefined), await encodeForm(fields, undefined)];
    expect(first.contentType).toMatch(/^multipart\/form-data; boundary=/);
    expect(Buffer.from(first).toString()).toContain(first.contentType.split('boundary=')[1]);
    expect(second.contentType).not.toBe(first.contentType);
  });
});

describe('modelOfForm', () => {
  const refusal = (reason: string) =>
    new TypeError(`Cannot send "/audio/speech": its form has ${reason}. Write \`model\`, once, as text.`);

  test('is the one field of that name', () => {
    expect(modelOfForm([['model', 'chat']], '/audio/speech')).toBe('chat');
    expect(modelOfForm([['models', 'chat']], '/audio/speech')).toBeUndefined();
    expect(modelOfForm([['my_model[0]', 'chat']], '/audio/speech')).toBeUndefined();
    expect(modelOfForm([['mo[0]del', 'chat']], '/audio/speech')).toBeUndefined();
    expect(modelOfForm([], '/audio/speech')).toBeUndefined();
  });

  test.each<[FormFields, string]>([
    [[['Model', 'chat']], '"Model"'],
    [[[' model', 'chat']], '" model"'],
    [[['model[]', 'chat']], '"model[]"'],
    [[['model[12]', 'chat']], '"model[12]"'],
    [[['model', sound]], '"model" as a file'],
    [
      [
        ['model', 'chat'],
        ['model', 'chat'],
      ],
      '"model" twice',
    ],
  ])('refuses %j', (fields, reason) => {
    expect(() => modelOfForm(fields, '/audio/speech')).toThrow(refusal(reason));
  });
});
