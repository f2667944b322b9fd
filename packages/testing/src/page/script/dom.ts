/** Makes elements of the page. Texts are set as texts, never as HTML. */
export const dom: string = String.raw`
export const byId = (id) => document.getElementById(id);

/** An element. Children are elements or texts. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'class') element.className = value;
    else if (key === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Sets a text, and leaves the page alone where it is the same. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** What only a screen reader says. */
export const unseen = (text) => make('span', { class: 'unseen' }, text);

/** A text in which code is marked with backticks. */
export function marked(text) {
  return text.split(/\x60([^\x60]+)\x60/).map((part, index) => (index % 2 === 1 ? make('code', {}, part) : part));
}

let silence;
export function say(text) {
  byId('said').textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { byId('said').textContent = ''; }, 5000);
}

export async function get(path) {
  const answer = await fetch('/_mock/' + path);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

/** Does something to the mock, and says what came of it. */
export async function act(path, body, done) {
  try {
    const answer = await fetch('/_mock/' + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
    say(done);
  } catch (error) {
    say(error.message);
  }
}
`;
