/** The fields of a form, as they were when it was read. */
export type FormFields = readonly (readonly [field: string, value: string | File])[];

/** Multipart bytes that know their content type. */
export type FormBytes = Uint8Array & { readonly contentType: string };

/** The fields of a form of the caller, who may change it later. */
export function formOf(form: FormData): FormFields {
  return [...form];
}

/** The fields of multipart bytes; `undefined` for bytes that are no form. */
export async function readForm(content: string | Uint8Array, type: string): Promise<FormFields | undefined> {
  try {
    const response = new Response(content as Uint8Array<ArrayBuffer>, { headers: { 'content-type': type } });
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- Deprecated for servers; this form is the caller's own.
    return formOf(await response.formData());
  } catch {
    return undefined;
  }
}

/**
 * The `model` of a form.
 * @throws TypeError for one that one reader would find and another would not.
 */
export function modelOfForm(fields: FormFields, path: string): string | undefined {
  let model: string | undefined;
  for (const [field, value] of fields) {
    if (
      field
        .trim()
        .toLowerCase()
        .replace(/\[\d*\]$/, '') !== 'model'
    )
      continue;
    if (field !== 'model' || model !== undefined || typeof value !== 'string') {
      throw new TypeError(
        `Cannot send ${JSON.stringify(path)}: its form has ${JSON.stringify(field)}${model === undefined ? '' : ' twice'}${typeof value === 'string' ? '' : ' as a file'}. Write \`model\`, once, as text.`,
      );
    }
    model = value;
  }
  return model;
}

/** A form as multipart bytes, with `model` in place of its own. The boundary is chosen anew. */
export async function encodeForm(fields: FormFields, model: string | undefined): Promise<FormBytes> {
  const form = new FormData();
  for (const [field, value] of fields) {
    if (field === 'model' && model !== undefined) continue;
    if (typeof value === 'string') form.append(field, value);
    else form.append(field, value, value.name);
  }
  if (model !== undefined) form.append('model', model);
  const response = new Response(form);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return Object.assign(bytes, { contentType: response.headers.get('content-type') ?? '' });
}
