#!/usr/bin/env node
const args = process.argv.slice(2);

if (args.length === 1 && ["--version", "-v", "-V"].includes(args[0])) {
  // Answered here, so that the one question every script asks does not load the program.
  const { version } = await import("../dist/version.js");
  process.stdout.write(`${version}\n`);
} else {
  // Node 22 and later keep compiled code between starts; Node 20 has no such cache.
  process.getBuiltinModule?.("node:module").enableCompileCache?.();
  const { main } = await import("../dist/main.js");
  process.exitCode = await main(args);
}
