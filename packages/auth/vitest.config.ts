export { default } from '@aoai/vitest';
