import { houseRules } from '@aoai/eslint';

export default houseRules({ name: 'cli', imports: ['auth', 'client', 'config', 'testing'] });
