/** The page at `/_mock`. Everything that it loads comes from the mock itself. */
export const document = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>aoai-mock</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_mock/style.css">
<script type="module" src="/_mock/page.js"></script>
</head>
<body>
<header>
<h1>aoai-mock</h1>
<p id="summary" role="status">Loading…</p>
<button type="button" id="pause" aria-pressed="false">Pause</button>
<button type="button" id="clear">Clear</button>
</header>
<main>
<section aria-labelledby="deployments-title">
<h2 id="deployments-title">Deployments</h2>
<ul id="deployments"></ul>
<p id="quiet" hidden></p>
</section>
<section aria-labelledby="requests-title">
<h2 id="requests-title">Last requests</h2>
<ol id="requests"></ol>
<p id="none">None so far. Point a client at this endpoint.</p>
</section>
</main>
<p id="said" role="status" aria-live="polite"></p>
<noscript>This page needs JavaScript; the mock does not.</noscript>
</body>
</html>
`;
