import { character } from '@aoai/vitest/arbitraries';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clearLine, paint } from './paint.ts';
import { oneLine, printable, printableJson } from './printable.ts';
import { safeTerminal, unmaskedTerminal } from './safe-terminal.ts';
import { fakeTerminal } from './terminal.fake.ts';
import { json } from './terminal.ts';

const secret = 'k3y-of-this-account-0123456789';
/** Characters that a terminal obeys: C0 except tab and line feed, DEL, C1, direction marks. */
// eslint-disable-next-line no-control-regex -- these are what must not arrive
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('printable', () => {
  test.each([
    ['a clear screen', 'a\u001b[2Jb', 'a[2Jb'],
    ['a title', 'a\u001b]0;owned\u0007b', 'a]0;ownedb'],
    ['an 8-bit sequence', 'a\u009b31mb', 'a31mb'],
    ['a carriage return', 'ok\rbad', 'okbad'],
    ['text that runs the other way', 'a\u202egpj.exe\u202c', 'agpj.exe'],
    ['isolates', '\u2066a\u2069', 'a'],
    ['tags that nobody sees', 'a\u{e0041}b', 'ab'],
    ['tabs and line feeds, which stay', 'a\tb\nc', 'a\tb\nc'],
    ['letters of all languages, which stay', 'é 日本 عربي 👩‍💻', 'é 日本 عربي 👩‍💻'],
  ])('%s', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('oneLine lets no text begin a line of its own', () => {
    expect(oneLine('it failed\n✓ all is fine\n')).toBe('it failed ✓ all is fine');
  });

  test('printableJson has nothing that a terminal obeys, and reads the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), (text) => {
        const written = printableJson(JSON.stringify(text));
        expect(written).not.toMatch(obeyed);
        expect(JSON.parse(written)).toBe(text);
      }),
    );
  });
});

describe('paint', () => {
  test.each([
    ['a terminal', { isTTY: true }, true],
    ['a file', { isTTY: false }, false],
    ['NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR', { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['a terminal that is dumb', { isTTY: true, env: { TERM: 'dumb' } }, false],
    ['a terminal with a name', { isTTY: true, env: { TERM: 'xterm' } }, true],
  ])('%s', (_, parts, isColoured) => {
    const screen = fakeTerminal(parts);
    const { out, env } = safeTerminal(screen);
    out.write(paint(out, env)('green', 'fine'));
    expect(screen.output()).toBe(isColoured ? '\u001b[32mfine\u001b[39m' : 'fine');
  });
});

describe('safeTerminal', () => {
  test('lets the codes of paint through, and those of nobody else', () => {
    const screen = fakeTerminal({ isTTY: true });
    const { out, env } = safeTerminal(screen);
    out.write(`${clearLine}${paint(out, env)('red', 'a\u001b[31mb')}\u001b[0m`);
    expect(screen.output()).toBe('\r\u001b[K\u001b[31ma[31mb\u001b[39m[0m');
  });

  test('masks what variables hold that are named like secrets, plain, in a URL and in JSON', () => {
    const odd = 'p@ss "word" 1';
    const screen = fakeTerminal({
      env: { AZURE_OPENAI_API_KEY: secret, MY_DB_PASSWORD: odd, PORT_TOKEN: 'short', PATH: '/usr/local/bin' },
    });
    const { out, err } = safeTerminal(screen);
    err.write(`${secret} ${encodeURIComponent(odd)} short /usr/local/bin\n`);
    json(out, { odd });
    expect(screen.errors()).toBe('[redacted] [redacted] short /usr/local/bin\n');
    expect(JSON.parse(screen.output())).toEqual({ odd: '[redacted]' });
  });

  test('masks a secret that control characters are strewn into', () => {
    const screen = fakeTerminal({ env: { API_KEY: secret } });
    const safe = safeTerminal(screen);
    safe.out.write(secret.split('').join('\u200e\u0000'));
    safe.flush();
    expect(screen.output()).toBe('[redacted]');
  });

  test('masks a secret that comes in pieces, wherever it is cut, and holds nothing else back', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: secret.length + 10 }), { maxLength: 6 }), (cuts) => {
        const text = `head ${secret} tail`;
        const screen = fakeTerminal({ env: { API_KEY: secret } });
        const safe = safeTerminal(screen);
        const ends = [...cuts, text.length].toSorted((a, b) => a - b);
        ends.forEach((end, index) => {
          safe.out.write(text.slice(ends[index - 1] ?? 0, end));
        });
        expect(screen.output()).toBe('head [redacted] tail');
      }),
    );
  });

  test('shows the start of a secret that went on as something else, at the latest when it is flushed', () => {
    const screen = fakeTerminal({ env: { API_KEY: secret } });
    const safe = safeTerminal(screen);
    safe.out.write('the word k3y');
    expect(screen.output()).toBe('the word ');
    safe.flush();
    expect(screen.output()).toBe('the word k3y');
    safe.flush();
    expect(screen.output()).toBe('the word k3y');
  });

  test('masks what was concealed later, of two secrets the longer one', () => {
    const screen = fakeTerminal({});
    const safe = safeTerminal(screen);
    safe.conceal(secret);
    safe.conceal(`${secret}-and-more`);
    safe.out.write(`${secret}-and-more.\n`);
    expect(screen.output()).toBe('[redacted].\n');
  });

  test('a terminal without masks still shows no control characters', () => {
    const screen = fakeTerminal({ env: { API_KEY: secret } });
    unmaskedTerminal(screen).out.write(`\u001b[2J${secret}\n`);
    expect(screen.output()).toBe(`[2J${secret}\n`);
  });
});
