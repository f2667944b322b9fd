import { bundle } from '@aoai/bundle';

export default bundle({ entries: ['index', 'vitest', 'bin/aoai-mock'], inline: ['valibot'] });
