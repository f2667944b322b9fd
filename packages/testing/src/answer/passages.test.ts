import { expect, test } from 'vitest';
import { passages } from './passages.ts';

function read(text: string): readonly (readonly [label: string | undefined, text: string])[] {
  return passages(text).map((passage) => [passage.label, passage.text]);
}

test.each<[string, ReturnType<typeof read>]>([
  [
    'Docs:\n[{"content":"A.","id":7},{"text":"B.","source":"x.md"}]',
    [
      [undefined, 'Docs:'],
      ['[7]', 'A.'],
      ['[x.md]', 'B.'],
    ],
  ],
  ['[{"content" : "A.","id":7}] (end)', [['[7]', 'A.']]],
  ['{"text":"A","filepath":"p/q","sourcefile":"s"}', [['[s]', 'A']]],
  ['{"text":"A","citation":"c","id":1,"name":2}', [['[c]', 'A']]],
  ['{"text":"A","id":"[a]","title":"t"}', [['[a]', 'A']]],
  ['{"text":"A","id":"","source":"【a】"}', [['【a】', 'A']]],
  ['{"text":"A","title":3}', [[undefined, 'A']]],
  [
    '{"value":[{"chunk":"A","title":"T"},{"n":{"snippet":"S","name":""}},{"body":"B"},5,null,{"passage":"P","file":"f"}]}',
    [
      ['[T]', 'A'],
      [undefined, 'S'],
      [undefined, 'B'],
      ['[f]', 'P'],
    ],
  ],
  ['{"content":""}', [[undefined, '{"content":""}']]],
  ['{"content": broken', [[undefined, '{"content": broken']]],
  ['{"note":"A"}', [[undefined, '{"note":"A"}']]],
  ['[a] The "text": B', [['[a]', 'The "text": B']]],
])('JSON: %j has %j', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each<[string, ReturnType<typeof read>]>([
  [
    'Intro\n<source id="a.md">A <b>x</b>.</source> gap <doc><title> T </title>\nB.</doc>\nrest',
    [
      [undefined, 'Intro'],
      ['[a.md]', 'A x.'],
      [undefined, 'gap'],
      ['[T]', 'B.'],
      [undefined, 'rest'],
    ],
  ],
  [
    "<document name = 'n'>\nA\n</document><item>B</item>",
    [
      ['[n]', 'A'],
      [undefined, 'B'],
    ],
  ],
  [
    '<Result href=" h ">A</Result>[c] C\n<chunk file="f">B</chunk>',
    [
      ['[h]', 'A'],
      ['[c]', 'C'],
      ['[f]', 'B'],
    ],
  ],
  ['<article><id>3</id><source>s</source>A</article>', [['[3]', 'A']]],
  ['<passage><source>s</source><source>t</source></passage>', [['[s]', '']]],
  ['<passage>A', [[undefined, '<passage>A']]],
  ['<sources>A</sources>', [[undefined, '<sources>A</sources>']]],
])('tags: %j has %j', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each<[string, ReturnType<typeof read>]>([
  [
    'Title: T\nContent: A\nb\n\nTitle: U\nContent: C',
    [
      ['[T]', 'A\nb'],
      ['[U]', 'C'],
    ],
  ],
  ['source  :  a.md \ntext  :  A \n', [['[a.md]', 'A']]],
  [
    'Content: A\nSource: s.md\nContent: B\nTitle: t',
    [
      ['[s.md]', 'A'],
      ['[t]', 'B'],
    ],
  ],
  ['text :  A\na\nfile  :  [s]', [['[s]', 'A\na']]],
  ['file: f\ncontent: A\n  source : g\ncontent: B', [['[f]', 'A']]],
  ['document: d\ntext: A\ntitle: e', [['[d]', 'A']]],
  ['Name: d\ntext: A\n  \nB', [['[d]', 'A']]],
  ['Title: T\nContent: A\n----\nB', [['[T]', 'A']]],
  ['Title: T\nContent: A\n--\nB', [['[T]', 'A\n--\nB']]],
  ['Subtitle: T\nContent: A', [[undefined, 'Subtitle: T\nContent: A']]],
])('pairs: %j has %j', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each<[string, ReturnType<typeof read>]>([
  ['', []],
  [' \n\n ', []],
  [
    'One.\n\nTwo.\nThree.',
    [
      [undefined, 'One.'],
      [undefined, 'Two.\nThree.'],
    ],
  ],
  [
    'Intro\n[a] A\n \nmore',
    [
      [undefined, 'Intro'],
      ['[a]', 'A\n \nmore'],
    ],
  ],
  [
    '[a]\nA\n  - [b.md]:  B\n*  [c 1] - C',
    [
      ['[a]', 'A'],
      ['[b.md]', 'B'],
      ['[c 1]', 'C'],
    ],
  ],
  [
    '[^1] A\n【4:0†s.pdf】 B\n[x/y#p=1&q-1]–C\n[d]—  D',
    [
      ['[^1]', 'A'],
      ['【4:0†s.pdf】', 'B'],
      ['[x/y#p=1&q-1]', 'C'],
      ['[d]', 'D'],
    ],
  ],
  ['See [a] A', [[undefined, 'See [a] A']]],
  ['[a](https://a.org) A', [[undefined, '[a](https://a.org) A']]],
  [`[${'a'.repeat(80)}] A\n[${'b'.repeat(81)}] B`, [[`[${'a'.repeat(80)}]`, `A\n[${'b'.repeat(81)}] B`]]],
  ['[] A\n[ä] B', [[undefined, '[] A\n[ä] B']]],
  [
    ' handbook.pdf#page=3:  A\n  -  my info.txt | B\n* x/y.md —  C\nz-1.json  –  D',
    [
      ['[handbook.pdf#page=3]', 'A'],
      ['[my info.txt]', 'B'],
      ['[x/y.md]', 'C'],
      ['[z-1.json]', 'D'],
    ],
  ],
  [
    'a.docxyz: A\na.b: B\na.md:C\nNone: D\na.md# : E',
    [[undefined, 'a.docxyz: A\na.b: B\na.md:C\nNone: D\na.md# : E']],
  ],
  ['x (a.md) A\na.md#ä: B', [[undefined, 'x (a.md) A\na.md#ä: B']]],
  [
    ' (my book.pdf)  A\n- (a.md): B\n*  (b.md) C\n10. (c.md) :  D\n2) (d.md) E\n3.(e.md) F',
    [
      ['(my book.pdf)', 'A'],
      ['(a.md)', 'B'],
      ['(b.md)', 'C'],
      ['(c.md)', 'D'],
      ['(d.md)', 'E'],
      ['(e.md)', 'F'],
    ],
  ],
  ['(note) A\n(a.md)B\n1 (a.md) C', [[undefined, '(note) A\n(a.md)B\n1 (a.md) C']]],
  [
    ' Source 2: A\ndocument #3)  B\n-  Passage  12 - C\n* doc4:D\nContext 5 – E\nchunk 6 — F\nExcerpt7 : G',
    [
      ['[Source 2]', 'A'],
      ['[document #3]', 'B'],
      ['[Passage  12]', 'C'],
      ['[doc4]', 'D'],
      ['[Context 5]', 'E'],
      ['[chunk 6]', 'F'],
      ['[Excerpt7]', 'G'],
    ],
  ],
  ['Source: A\nmy source 2: B\nsource 2 C', [[undefined, 'Source: A\nmy source 2: B\nsource 2 C']]],
  [
    '[a] A\n  Question : why?\nB\nuser question: C\nQuery: D\ntask: E\nInstructions: F\ninstruction: G\nAnswer: H',
    [
      ['[a]', 'A'],
      [undefined, 'Question : why?\nB'],
      [undefined, 'user question: C'],
      [undefined, 'Query: D'],
      [undefined, 'task: E'],
      [undefined, 'Instructions: F'],
      [undefined, 'instruction: G'],
      [undefined, 'Answer: H'],
    ],
  ],
  ['[a] A\nMy question: B\nquestions: C', [['[a]', 'A\nMy question: B\nquestions: C']]],
])('lines: %j has %j', (text, expected) => {
  expect(read(text)).toEqual(expected);
});
