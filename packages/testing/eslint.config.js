import { houseRules } from '@aoai/eslint';

export default houseRules({ name: 'testing', imports: ['config'] });
