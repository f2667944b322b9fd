/** Where something is in a config, from the outside in. */
export type Path = readonly (string | number)[];

/** The path as people write it: `pools.chat[0][1].deployment`. */
export function pathText(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (!/^[\w-]{1,64}$/.test(key)) text += `[${JSON.stringify(key.slice(0, 64))}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}
