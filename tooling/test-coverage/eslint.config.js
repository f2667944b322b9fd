import { houseRules } from '@aoai/eslint';

export default houseRules({ imports: [] });
