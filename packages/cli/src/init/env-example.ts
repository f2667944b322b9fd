/** The text of `.env.example`: variables that differ between machines, without secrets. */
export function envExample(subscription: string): string {
  return `# Copy this file to .env, which stays out of git, and fill in what this machine needs.
# A program reads it with: node --env-file=.env

# What aoai doctor, aoai config pull and aoai config diff read.
AZURE_SUBSCRIPTION_ID=${subscription}

# Calls sign in with Entra ID: az login on your machine, a managed identity in Azure. Nothing to set for that.
# AZURE_TENANT_ID=
# AZURE_CLIENT_ID=
# AZURE_TOKEN_CREDENTIALS=

# An API key instead, where the resource takes keys.
# AZURE_OPENAI_API_KEY=
`;
}
