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
<script type="module" src="/_mock/main.js"></script>
</head>
<body>
<header>
<h1>aoai-mock</h1>
<p id="summary">Loading…</p>
<p id="lost" role="alert"></p>
<div id="actions">
<button type="button" id="pause" aria-pressed="false">Pause</button>
<button type="button" id="forget">Forget requests and faults</button>
</div>
</header>
<main>
<div id="traffic">
<section id="findings-section" aria-labelledby="findings-title" hidden>
<h2 id="findings-title">What the callers did wrong</h2>
<p class="faint">In the last 50 requests, the same things together.</p>
<ul id="findings"></ul>
</section>
<section aria-labelledby="requests-title">
<h2 id="requests-title">Last requests</h2>
<p id="hint" class="faint" hidden>Open one to see what was asked, what was answered and why. Secrets are masked.</p>
<ol id="requests" class="few"></ol>
<div id="empty">
<p>Nothing has been asked yet. Point a client at this mock:</p>
<dl id="connection"></dl>
</div>
</section>
</div>
<section id="estate" aria-labelledby="deployments-title">
<h2 id="deployments-title">Deployments</h2>
<ul id="armed" class="armed" hidden></ul>
<ul id="deployments"></ul>
<p id="quiet" class="faint" hidden></p>
</section>
</main>
<p id="said" role="status"></p>
<noscript>This page needs JavaScript; the mock does not.</noscript>
</body>
</html>
`;
