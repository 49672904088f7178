import { svelte } from "@sveltejs/vite-plugin-svelte";

// The page runs under a policy without inline code, inline styles and data: addresses, and with Trusted
// Types: so Svelte builds its elements one by one (`fragments: "tree"`), and nothing is inlined.
export default {
  root: import.meta.dirname,
  plugins: [svelte({ compilerOptions: { fragments: "tree", css: "external" } })],
  logLevel: "warn",
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
};
