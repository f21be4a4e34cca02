// Loaded into a measured process with `--import`. At its end it writes the process's user and system time and
// peak memory to a file.
import { writeFileSync } from "node:fs";

const file = process.env.BENCH_PROBE;
delete process.env.BENCH_PROBE;
if (file !== undefined) {
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ cpu_ms: (userCPUTime + systemCPUTime) / 1000, mib: maxRSS / 1024 }));
  });
}
