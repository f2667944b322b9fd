/** The object in a JSON text, or what is wrong with the text, as a sentence part. */
export function jsonOf(text: string): Readonly<Record<string, unknown>> | string {
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return 'it is no JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no JSON object';
  return value as Record<string, unknown>;
}

/** JSON with the name of what is called in its first place, so that another name is another beginning of it. */
export interface NamedJson {
  readonly text: string;
  /** Where the rest begins; 0 when the name does not come first. */
  readonly headLength: number;
  /** The same text with another `model`. */
  withModel(model: string): string;
}

/**
 * Writes a JSON body anew. One `model` leaves, whatever stood in the text that came: a reader who takes the first of two
 * and one who takes the last see the same.
 */
export function namedJson(json: Readonly<Record<string, unknown>>, name: string): NamedJson {
  const text = stringified({
    model: name,
    ...json,
    ...(json['model'] === name ? undefined : { model: name }),
  });
  const head = `{"model":${JSON.stringify(name)}`;
  // Keys that are whole numbers come before all others.
  if (!text.startsWith(head)) {
    return { text, headLength: 0, withModel: (model) => stringified({ ...json, model }) };
  }
  return {
    text,
    headLength: head.length,
    withModel: (model) => `{"model":${JSON.stringify(model)}${text.slice(head.length)}`,
  };
}

/** @throws TypeError for what cannot be written, such as an object nested without end. */
export function stringified(json: object): string {
  try {
    return JSON.stringify(json);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw tooDeep(cause);
  }
}

/** For a body in which every function that calls itself runs out of stack. */
export function tooDeep(cause: unknown): TypeError {
  return new TypeError('Cannot send the request: its JSON is nested too deeply. Make it flatter.', { cause });
}

/** Refuses a `model` that one reader would find and another would not. */
export function checkModel(json: Readonly<Record<string, unknown>>, path: string): void {
  const { model } = json;
  for (const key of Object.keys(json)) {
    if (key.length === 5 && key !== 'model' && key.toLowerCase() === 'model') {
      throw new TypeError(
        `Cannot send ${JSON.stringify(path)}: its body has ${JSON.stringify(key)}. Write \`model\`, once.`,
      );
    }
  }
  if (model !== undefined && model !== null && typeof model !== 'string') {
    throw new TypeError(
      `Cannot send ${JSON.stringify(path)}: its \`model\` is ${Array.isArray(model) ? 'a list' : `of the type ${typeof model}`}. Set it to a name of the config.`,
    );
  }
}
