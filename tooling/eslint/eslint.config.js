import { houseRules } from './index.js';

export default houseRules({ imports: [] });
