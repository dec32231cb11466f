// Packages from where `cargo xtask interop` has installed them, or else from beside this file.

import { createRequire } from "node:module";

const { HYBI_INTEROP_DIR: directory } = process.env;

export const load = createRequire(directory ? `${directory}/` : import.meta.url);
