// The options of the generator: only what makes the files importable without a bundler.
export default {
  input: process.env.DOCUMENT,
  output: { path: process.env.OUTPUT, importFileExtension: ".js" },
  plugins: ["@hey-api/client-fetch", "@hey-api/sdk", "@hey-api/typescript"],
};
