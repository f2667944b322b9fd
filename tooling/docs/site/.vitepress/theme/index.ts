import { onContentUpdated } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import './style.css';

export default {
  extends: DefaultTheme,
  setup() {
    // The theme gives every page a main region, but not the home page.
    onContentUpdated(() => document.querySelector('.VPHome')?.setAttribute('role', 'main'));
  },
};
