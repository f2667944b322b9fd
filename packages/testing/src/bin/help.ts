/** What `--help` prints. */
export const help = `aoai-mock: a mock Azure OpenAI endpoint

Usage
  aoai-mock [options]

Once it listens, it prints the environment variables that make a client call it.

What it plays
  -c, --config FILE      the resources and deployments of an aoai config (.json, .yaml, .js, .ts)
                         without one, every known model is a deployment of the same name
  -i, --identity FILE    apps, people, groups, roles and Key Vault of its tenant (.yaml, .json);
                         without one: aoai.identity.yaml (.yml, .json) beside the config, if it exists
      --any-deployment   every other name is a deployment of the default model
      --default-model M  the model behind names that are not models (default gpt-4.1)
      --api-key KEY      the key that it accepts (default a new one at each start)
      --sign-in WAY      what the printed variables sign in with: entra-id (default), key or both
                         (some clients refuse a key beside a token)
      --headers ERA      response headers of 2024, 2025 or 2026 (default 2026)

How it behaves
      --latency L        instant (default), realistic, or milliseconds to the first token
                         and tokens per second: 300 or 300,80
      --time-scale N     how much faster its time runs than yours (default 1)
      --seed TEXT        the same seed and requests give the same bytes
      --faults FILE      what goes wrong: a JSON list of
                         { "deployment": "chat", "fault": "rateLimited", "retryAfterMs": 300, "times": 2 }
                         or with a "rate" from 0 to 1; "*" is every request
      --replay FILE      answer the requests of a recording as the real endpoint did

Where it listens
  -p, --port N           port of the first resource, 0 = any free one (default 8080)
      --host ADDRESS     address to bind (default 127.0.0.1: this machine only)
      --cors             let pages of every origin read the answers, not only those of this machine
      --https            serve HTTPS; NODE_EXTRA_CA_CERTS names the certificate to trust
      --no-page          no live page at /_mock (it is for browsers on this machine only)

What it prints
      --shell NAME       sh (default), bash, zsh, fish, powershell or cmd
  -e, --env-file FILE    write the variables to a file as well (-e when it does not exist yet:
                         Node itself insists on the file of an --env-file)
      --json             one line of JSON for each request
  -q, --quiet            no lines about requests
  -h, --help             this text
  -v, --version          its version
`;
