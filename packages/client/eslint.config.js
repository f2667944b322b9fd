import { houseRules } from '@aoai/eslint';

export default houseRules({ name: 'client', imports: ['auth', 'config'] });
