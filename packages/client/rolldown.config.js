import { bundle } from '@aoai/bundle';

export default bundle({ entries: ['index', 'redis'] });
