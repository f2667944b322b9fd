import type { App, User } from './directory.ts';
import type { PlainResponse } from '../neighbour/listener.ts';

/** Puts values into HTML, escaped. Nested results of `html` stay as they are. */
interface Html {
  readonly html: string;
}

function html(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const text = parts.reduce((before, part, index) => before + rendered(values[index - 1] ?? '') + part);
  return { html: text };
}

function rendered(value: string | Html | readonly Html[]): string {
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return 'html' in value ? value.html : value.map(({ html: text }) => text).join('\n');
}

/** Asks which of the tenant's users signs in. */
export function accountPage(app: App, users: readonly User[]): PlainResponse {
  const choices = users.map(
    (user) =>
      html`<li>
        <button name="user" value="${user.key}"><b>${user.name}</b> <span>${user.username}</span></button>
      </li>`,
  );
  const body =
    users.length === 0
      ? html`<p>This mock tenant has no users. Add some with the option <code>identity.users</code>.</p>`
      : html`<form method="post">
          <ul>
            ${choices}
          </ul>
        </form>`;
  return page(
    200,
    'Pick an account',
    html`<p>to continue to <b>${app.name}</b></p>
      ${body}`,
  );
}

/** Asks for the password of `user`. */
export function passwordPage(user: User, isWrong: boolean): PlainResponse {
  const alert = isWrong
    ? html`<p role="alert" id="wrong">Your account or password is incorrect. (AADSTS50126)</p>`
    : html``;
  const described = isWrong ? html` aria-invalid="true" aria-describedby="wrong"` : html``;
  return page(
    200,
    'Enter password',
    html`<p>${user.username}</p>
      <form method="post">
        ${alert}
        <input type="hidden" name="user" value="${user.key}" />
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          autofocus${described}
        />
        <button class="main">Sign in</button>
      </form>`,
  );
}

/** Asks whether the app may act for the user. */
export function consentPage(app: App, user: User, permissions: readonly string[]): PlainResponse {
  const wanted = permissions.map((name) => html`<li>${name}</li>`);
  return page(
    200,
    'Permissions requested',
    html`<p><b>${app.name}</b> would like to do this as ${user.name}:</p>
      <ul class="plain">
        ${wanted}
      </ul>
      <form method="post">
        <button class="main" name="consent" value="accept">Accept</button>
        <button name="consent" value="cancel">Cancel</button>
      </form>`,
  );
}

/** The page that asks for the code of a device. */
export function deviceCodePage(problem?: string): PlainResponse {
  const alert = problem === undefined ? html`` : html`<p role="alert">${problem}</p>`;
  return page(
    200,
    'Enter code',
    html`${alert}
      <form method="get">
        <label for="code">Code shown on your device</label>
        <input id="code" name="user_code" autocomplete="off" required autofocus />
        <button class="main">Next</button>
      </form>`,
  );
}

/** The page for an end or an error. */
export function messagePage(status: number, title: string, message: string): PlainResponse {
  return page(status, title, html`<p role="${status < 400 ? 'status' : 'alert'}">${message}</p>`);
}

/** Posts `fields` to the app by a form, for `response_mode=form_post`. */
export function formPostPage(action: string, fields: ReadonlyMap<string, string>): PlainResponse {
  const inputs = [...fields].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return page(
    200,
    'Continue',
    html`<form method="post" action="${action}">
        ${inputs} <button class="main" autofocus>Continue</button>
      </form>
      <script>
        document.forms[0].submit();
      </script>`,
  );
}

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
main { box-sizing: border-box; width: min(28rem, 100%); padding: 2rem 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
ul { list-style: none; margin: 1rem 0; padding: 0; }
ul.plain { list-style: disc; padding-left: 1.25rem; }
li { margin: .5rem 0; overflow-wrap: anywhere; }
label { display: block; margin-top: 1rem; }
input:not([type=hidden]) { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem; margin: .25rem 0 1rem; }
button { font: inherit; padding: .7rem 1rem; min-height: 2.75rem; border: 1px solid GrayText; border-radius: .4rem; background: ButtonFace; color: ButtonText; cursor: pointer; }
li button { width: 100%; text-align: left; }
li button span { display: block; font-size: .875rem; }
button.main { background: #0b5cab; border-color: #0b5cab; color: #fff; }
:focus-visible { outline: 3px solid #4c9aff; outline-offset: 2px; }
[role=alert] { border-left: .3rem solid #c4314b; padding: .5rem .75rem; }
footer { margin-top: 2rem; font-size: .875rem; }
`;

function page(status: number, title: string, content: Html): PlainResponse {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} (mock tenant)</title>
        <style>
          ${{ html: style }}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
          <footer>A mock of Microsoft Entra ID on this machine. No real account is involved.</footer>
        </main>
      </body>
    </html>`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'",
    },
    body: document.html,
  };
}
