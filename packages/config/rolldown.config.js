import { bundle } from '@aoai/bundle';

export default bundle({ entries: ['index'], inline: ['@valibot/to-json-schema', 'valibot'] });
