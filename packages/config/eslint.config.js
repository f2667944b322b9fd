import { houseRules } from '@aoai/eslint';

export default houseRules({ name: 'config', imports: [] });
