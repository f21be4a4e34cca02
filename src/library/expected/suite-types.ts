// Made from schemas/suite.schema.json by its test: UPDATE_GOLDENS=1 npx vitest run src/library/suite-types
/** Any JSON value, for instance a case's input, or the value that a scorer compares an answer with. */
type Json = unknown;

type Shared1 = string | number | boolean | null | readonly (Shared1)[] | { readonly [name: string]: Shared1 };

/** Options that several scorers have. */
interface ScorerParts {
  /** Name of the scorer, unique in the suite; default: the type */
  readonly name?: string;
  /** Whether a trial fails if this scorer does not pass; default true */
  readonly required?: boolean;
  /** Score from which on the answer passes */
  readonly threshold?: number;
  /** Whether the scorer reads texts before `redact` changes them; such scores cannot be computed again from the store */
  readonly raw?: boolean;
  readonly select?: {
    /** RFC 9535 JSONPath, applied to the answer parsed as JSON */
    readonly json: string;
  } | {
    /** RE2 regular expression; linear time */
    readonly regex: string;
    /** Capture group, by number or name; default 1 if there is one, else the whole match */
    readonly group?: number | string;
    /** Which match; default first */
    readonly take?: "first" | "last";
  };
  /** Which text is read: answer (default), assistant, conversation, {turn: N} or {tool: NAME} */
  readonly on?: "answer" | "assistant" | "conversation" | {
    /** Number, from 1, of the person's message whose answer is read */
    readonly turn: number;
  } | {
    /** Name of the tool whose calls are read: their arguments, as JSON */
    readonly tool: string;
  };
  /** turn: each turn of the conversation is scored by itself, against its own `expect` */
  readonly scope?: "turn";
  /** Place in the case of the value to compare with; default `expected` */
  readonly against?: string;
  /** The value to compare with, instead of `against` */
  readonly value?: Json;
  /** Ignore letter case, in every script */
  readonly ignore_case?: boolean;
  /** Remove blanks at both ends */
  readonly trim?: boolean;
  /** Unicode normal form in which both texts are compared */
  readonly normalize?: "NFC" | "NFKC";
  /** collapse: any run of blanks counts as one blank */
  readonly whitespace?: "collapse";
  /** Largest distance of two numbers that count as equal */
  readonly tolerance?: number;
  /** Only calls of these tools are checked */
  readonly only?: readonly (string)[];
}

/** An entry under `scorers:` with a built-in type. */
export type BuiltInScorer =
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace" | "tolerance"> & {
      readonly type: "equals";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace" | "tolerance"> & {
      readonly type: "one-of";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "contains";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "contains-all";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "contains-any";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "not-contains";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "not-contains-all";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "not-contains-any";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "starts-with";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "not-starts-with";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "ends-with";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "not-ends-with";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value"> & {
      readonly type: "regex";
      /** Ignore letter case, like (?i) */
      readonly ignore_case?: boolean;
      /** ^ and $ match at line ends too, like (?m) */
      readonly multiline?: boolean;
      /** . matches a line end too, like (?s) */
      readonly dotall?: boolean;
      /** The whole text must match, not a part of it */
      readonly full?: boolean;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value"> & {
      readonly type: "not-regex";
      /** Ignore letter case, like (?i) */
      readonly ignore_case?: boolean;
      /** ^ and $ match at line ends too, like (?m) */
      readonly multiline?: boolean;
      /** . matches a line end too, like (?s) */
      readonly dotall?: boolean;
      /** The whole text must match, not a part of it */
      readonly full?: boolean;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope"> & {
      readonly type: "json-valid";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope"> & {
      readonly type: "json-schema";
      /** The schema itself, or the path of a JSON or YAML file that contains it */
      readonly schema: string | { readonly [name: string]: Json } | boolean;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope"> & {
      readonly type: "contains-json";
      /** The schema itself, or the path of a JSON or YAML file that contains it */
      readonly schema?: string | { readonly [name: string]: Json } | boolean;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "tolerance"> & {
      readonly type: "json-equals";
      /** Objects of the answer may have members that are not expected */
      readonly partial?: boolean;
      /** Lists are equal in any order */
      readonly ignore_order?: boolean;
      /** Names of members to ignore at every depth */
      readonly ignore_keys?: readonly (string)[];
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace" | "tolerance"> & {
      readonly type: "jsonpath";
      /** RFC 9535 JSONPath, applied to the answer parsed as JSON */
      readonly path: string;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value"> & {
      readonly type: "number";
      /** Largest difference allowed */
      readonly abs?: number;
      /** Largest difference allowed, as a share of the expected number */
      readonly rel?: number;
      /** Decimal separator in the answer */
      readonly decimal?: "." | ",";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope"> & {
      readonly type: "length";
      readonly unit?: "characters" | "words" | "sentences" | "tokens";
      /** Least number of units, inclusive */
      readonly min?: number;
      /** Largest number of units, inclusive */
      readonly max?: number;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "levenshtein";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value"> & {
      readonly type: "rouge";
      /** 1, 2 or l */
      readonly variant?: 1 | 2 | "1" | "2" | "l" | "L";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value" | "ignore_case" | "trim" | "normalize" | "whitespace"> & {
      readonly type: "chrf";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "refusal";
      /** Phrases of your own that show a refusal, in addition to the known ones */
      readonly phrases?: readonly (string)[];
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "not-refusal";
      /** Phrases of your own that show a refusal, in addition to the known ones */
      readonly phrases?: readonly (string)[];
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value"> & {
      readonly type: "citations";
      /** Where in the case the sources are */
      readonly context?: string;
      /** Least number of different sources to cite */
      readonly min?: number;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "latency";
      /** Longest time allowed, inclusive: 500ms, 4s, 1m */
      readonly max: string;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "cost";
      /** Highest cost allowed, in US dollars, inclusive */
      readonly max: number;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "tokens";
      /** Largest number of tokens allowed */
      readonly max: number;
      /** Which tokens; total is input and output */
      readonly count?: "total" | "input" | "output";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "scope" | "against" | "value" | "only"> & {
      readonly type: "tool-calls";
      /** any: in any order; in-order: in this order, other calls may be between; exact: these calls and no others, in this order */
      readonly order?: "any" | "in-order" | "exact";
      /** equal: all arguments are equal; partial: each expected argument is there and equal; ignore: no argument counts; or one of these for each tool: {"*": equal, search: ignore} */
      readonly arguments?: "equal" | "partial" | "ignore" | { readonly [name: string]: "equal" | "partial" | "ignore" };
      /** Calls beyond the expected ones. count: each lowers the score; allow-reads: calls of tools that only read do not */
      readonly extra?: "count" | "allow-reads";
      /** Tools that only read; tools that the agent itself marks with `reads: true` need not be named */
      readonly reads?: readonly (string)[];
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "only"> & {
      readonly type: "golden-trace";
      /** Folder of the recorded traces */
      readonly directory?: string;
      /** equal: the same number of turns, and each call in the same turn; ignore: only the calls count */
      readonly turns?: "equal" | "ignore";
      /** any: in any order; in-order: in this order, other calls may be between; exact: these calls and no others, in this order */
      readonly order?: "any" | "in-order" | "exact";
      /** equal: all arguments are equal; partial: each expected argument is there and equal; ignore: no argument counts; or one of these for each tool: {"*": equal, search: ignore} */
      readonly arguments?: "equal" | "partial" | "ignore" | { readonly [name: string]: "equal" | "partial" | "ignore" };
      /** Calls beyond the expected ones. count: each lowers the score; allow-reads: calls of tools that only read do not */
      readonly extra?: "count" | "allow-reads";
      /** Tools that only read; tools that the agent itself marks with `reads: true` need not be named */
      readonly reads?: readonly (string)[];
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "scope" | "against" | "value"> & {
      readonly type: "not-called";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "scope" | "only"> & {
      readonly type: "repeated-calls";
      /** Largest number of identical calls allowed */
      readonly max?: number;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "scope" | "only"> & {
      readonly type: "tool-errors";
      /** Largest number of failed calls allowed */
      readonly max?: number;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "steps";
      /** Largest number of steps allowed */
      readonly max: number;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "against" | "value"> & {
      readonly type: "state-equals";
      /** JSONPaths (RFC 9535) of the parts that may differ, such as $..updated_at */
      readonly ignore?: readonly (string)[];
      /** Objects of the state may have members that are not expected */
      readonly partial?: boolean;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "scope" | "against" | "value"> & {
      readonly type: "says";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "against" | "value"> & {
      readonly type: "retrieval";
      /** recall@k, precision@k, ndcg@k or mrr; recall, precision, ndcg and mrr@k are accepted too */
      readonly metric: string;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "against" | "value"> & {
      readonly type: "handoff";
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "all-of";
      /** One scorer, or a list of scorers, each with its own `select`, value to compare with and threshold */
      readonly of: readonly (BuiltInScorer)[] | BuiltInScorer;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "any-of";
      /** One scorer, or a list of scorers, each with its own `select`, value to compare with and threshold */
      readonly of: readonly (BuiltInScorer)[] | BuiltInScorer;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "at-least";
      /** One scorer, or a list of scorers, each with its own `select`, value to compare with and threshold */
      readonly of: readonly (BuiltInScorer)[] | BuiltInScorer;
      /** How many of the scorers must pass, at least */
      readonly n: number;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "mean";
      /** Scorers, each with its own `select` and value to compare with; only their scores count, not whether they pass */
      readonly of: readonly ({
        readonly type: string;
        /** Name of the scorer, unique in the suite; default: the type */
        readonly name?: string;
        /** Whether a trial fails if this scorer does not pass; default true */
        readonly required?: boolean;
        /** Score from which on the answer passes */
        readonly threshold?: number;
        /** Whether the scorer reads texts before `redact` changes them; such scores cannot be computed again from the store */
        readonly raw?: boolean;
        readonly select?: {
          /** RFC 9535 JSONPath, applied to the answer parsed as JSON */
          readonly json: string;
        } | {
          /** RE2 regular expression; linear time */
          readonly regex: string;
          /** Capture group, by number or name; default 1 if there is one, else the whole match */
          readonly group?: number | string;
          /** Which match; default first */
          readonly take?: "first" | "last";
        };
        /** Which text is read: answer (default), assistant, conversation, {turn: N} or {tool: NAME} */
        readonly on?: "answer" | "assistant" | "conversation" | {
          /** Number, from 1, of the person's message whose answer is read */
          readonly turn: number;
        } | {
          /** Name of the tool whose calls are read: their arguments, as JSON */
          readonly tool: string;
        };
        /** turn: each turn of the conversation is scored by itself, against its own `expect` */
        readonly scope?: "turn";
        /** Place in the case of the value to compare with; default `expected` */
        readonly against?: string;
        /** The value to compare with, instead of `against` */
        readonly value?: Json;
      })[];
      /** The weight of each scorer, in the order of `of`; default 1 */
      readonly weights?: readonly (number)[];
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw"> & {
      readonly type: "not";
      /** One scorer, or a list of scorers, each with its own `select`, value to compare with and threshold */
      readonly of: readonly (BuiltInScorer)[] | BuiltInScorer;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "scope"> & {
      readonly type: "judge";
      /** name, name@1.2.0 or name@^1 of a judge */
      readonly judge: string;
      /** passed: only trials that pass every required scorer which asks no model are judged; other trials get no score from this judge */
      readonly judge_when?: "always" | "passed";
      /** The failure class of a trial that fails, that no rule explains, and whose answer this judge fails. It is used only when the judge is calibrated. With `required: false`, the judge is asked only about failed trials that no rule explains; other trials get no score from it */
      readonly blames?: "format" | "instruction" | "knowledge" | "retrieval" | "grounding" | "tool-choice" | "tool-arguments" | "tool-failure" | "orchestration" | "refusal" | "not-supported";
      /** Alias of the model to ask instead of the judge's own */
      readonly model?: string;
      /** Where in the case the retrieved texts are */
      readonly context?: string;
      /** Which part of the answer is judged; default the whole text */
      readonly select?: {
        /** RFC 9535 JSONPath, applied to the answer parsed as JSON */
        readonly json: string;
      } | {
        /** RE2 regular expression; linear time */
        readonly regex: string;
        /** Capture group, by number or name; default 1 if there is one, else the whole match */
        readonly group?: number | string;
        /** Which match; default first */
        readonly take?: "first" | "last";
      };
      /** Which text is judged: answer (default), assistant, conversation, {turn: N} or {tool: NAME} */
      readonly on?: "answer" | "assistant" | "conversation" | {
        /** Number, from 1, of the person's message whose answer is read */
        readonly turn: number;
      } | {
        /** Name of the tool whose calls are read: their arguments, as JSON */
        readonly tool: string;
      };
      /** Where in the case the reference is; default `expected`. `baseline` takes the answer of the baseline instead, which only a judge of kind `pairwise` may, in an entry with `required: false` */
      readonly against?: string;
      /** A literal reference, instead of `against` */
      readonly value?: Json;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value"> & {
      readonly type: "embedding-similarity";
      /** An alias of evalconfig.yaml with `api: embeddings` */
      readonly model: string;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope" | "against" | "value"> & {
      readonly type: "classifier";
      /** An alias of evalconfig.yaml */
      readonly model: string;
      /** JSONPath of the label; `$` when the whole reply is the label */
      readonly label?: string;
      /** Labels that pass; needs `label` */
      readonly pass?: readonly (string)[];
      /** JSONPath of a number in [0, 1] */
      readonly score?: string;
      /** Where in the case `input.context` is */
      readonly context?: string;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope"> & {
      readonly type: "moderation";
      /** An alias of evalconfig.yaml with `api: moderations` */
      readonly model: string;
      /** Only these categories; default all */
      readonly categories?: readonly (string)[];
      /** Highest score that a category may have */
      readonly max?: number;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope"> & {
      readonly type: "module";
      /** Path of the module, relative to the project root */
      readonly file: string;
      /** The export to call, or a path into an export such as scorers.0; default: the default export */
      readonly export?: string;
      /** Handed to the function; default {} */
      readonly config?: Json;
      /** Longest time for one answer; default 60s */
      readonly timeout?: string;
      /** false: run it in the main thread, where no timeout can stop code that blocks; default: in a thread of its own */
      readonly isolate?: boolean;
    })
  | (Pick<ScorerParts, "name" | "required" | "threshold" | "raw" | "select" | "on" | "scope"> & {
      readonly type: "command";
      /** The program and its arguments */
      readonly command: readonly (string)[];
      /** jsonl: processes keep running, and answer each line with a line */
      readonly serve?: "jsonl";
      /** Longest time for one answer; default 60s */
      readonly timeout?: string;
      /** Handed to the program; default {} */
      readonly config?: Json;
    });

/** A suite without its scorers. */
export interface SuiteKeys {
  /** What the suite is about, for readers */
  readonly description?: string;
  /** A name in datasets/, or a path; or a module that makes the cases */
  readonly dataset?: string | {
    /** TypeScript or JavaScript, outside datasets/ and prompts/; its default export gives the cases */
    readonly module: string;
  };
  /** The cases themselves, instead of a dataset */
  readonly cases?: readonly ({
    /** Id of the case, unique in its dataset */
    readonly id: string;
    /** What the target is asked; any JSON */
    readonly input: Json;
    /** What scorers compare the answer with; needed only if a scorer uses it */
    readonly expected?: Json;
    /** Tags to select cases by, for results by tag, and for gate.critical */
    readonly tags?: readonly (string)[];
    /** Anything else; prompts and scorers can read it */
    readonly metadata?: { readonly [name: string]: Json };
    /** Number of trials of this case; default: the suite's. --trials on the command line takes precedence */
    readonly trials?: number;
    /** Names of the scorers that score this case; default: all of the suite's */
    readonly scorers?: readonly (string)[];
  })[];
  /** name, name@1.2.0 or name@^1; a value that has `{{ … }}` or several lines is the prompt's own text */
  readonly prompt?: string;
  /** Versions of prompts, as name@1.2.0: one run and one baseline each */
  readonly prompts?: readonly (string)[];
  /** An alias of evalconfig.yaml */
  readonly model?: string;
  /** Several aliases of evalconfig.yaml: one run each */
  readonly models?: readonly (string)[];
  /** Trials of each case; default: defaults.trials, else 1 */
  readonly trials?: number;
  /** Trials in flight at once; default: defaults.concurrency, else 16 */
  readonly concurrency?: number;
  /** Which cases of the dataset to run; default: all */
  readonly filter?: {
    /** Cases with any of these tags */
    readonly tags?: readonly (string)[];
    /** Cases with any of these ids */
    readonly cases?: readonly (string)[];
  };
  /** The time that {{ clock }} gives in templates; part of the key of cases that use it */
  readonly clock?: string;
  /** Asks the model in a loop and calls its tools; without `agent`, evals calls no tools */
  readonly agent?: {
    /** Modules whose default export is an object of tools; servers of tools as { mcp: … }; a tool over HTTP as { http: … } */
    readonly tools?: readonly (string | {
      readonly mcp: {
        /** Program and arguments, without a shell; started once per trial, in the project's root */
        readonly command?: readonly (string)[];
        /** Address of a server over HTTP, instead of a command */
        readonly url?: string;
        /** Sent with every request over HTTP; write a secret as ${env:NAME} */
        readonly headers?: { readonly [name: string]: string };
        /** Your version number for what the server's tools do; without it no answer is reused in another run */
        readonly version?: string;
      };
    } | {
      readonly http: {
        /** Name of the tool for the model */
        readonly name: string;
        /** What the tool does, for the model */
        readonly description?: string;
        /** JSON Schema of the tool's arguments, an object */
        readonly parameters?: { readonly [name: string]: Json };
        /** Whether the tool only reads and changes nothing */
        readonly reads?: boolean;
        /** Address of the service. Its path and query may contain Liquid templates over arguments, input, case.id, trial and clock; values are URL-encoded */
        readonly url: string;
        readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
        /** Sent with every request; write a secret as ${env:NAME} */
        readonly headers?: { readonly [name: string]: string };
        /** JSON whose strings are Liquid templates with the same values as in url; default: the arguments. Not with GET or DELETE */
        readonly body?: Json;
        /** JSONPath of the result in the reply; default: the whole reply, parsed if it is JSON */
        readonly result?: string;
        /** Your version number for what the service does; without it no answer is reused in another run */
        readonly version?: string;
      };
    })[];
    /** File of tool results that `evals run --record` wrote, such as fixtures/tools/<suite>.jsonl. With it, tools are not run: their results come from this file */
    readonly recorded?: string;
    /** Names of the tools that are offered to the model; default: all tools */
    readonly allow?: readonly (string)[];
    /** Limits that end an agent which does not end by itself */
    readonly limits?: {
      /** Maximum number of model calls */
      readonly steps?: number;
      /** Maximum number of tool calls */
      readonly tool_calls?: number;
      /** Number of calls of one tool with the same arguments that counts as a loop; the last of these calls is not run */
      readonly same_call?: number;
      /** Maximum input and output tokens of all steps together; above it no further step starts */
      readonly tokens?: number;
      /** Maximum US dollars of all steps together; above it no further step starts */
      readonly usd?: number;
      /** Maximum time from the first step on; time spent waiting for the model's rate limits does not count */
      readonly time?: string;
    };
  };
  /** What the person says, turn by turn; without it the prompt is all that is said */
  readonly user?: {
    /** Place of the person's messages in the case: a list of texts, or of {say, expect} */
    readonly turns?: string;
    /** Prompt of the model that plays the person, for instance users/impatient@^1 */
    readonly prompt?: string;
    /** Alias of the model that plays the person */
    readonly model?: string;
    /** Maximum number of messages of the person, when a model plays the person; default 12 */
    readonly max_turns?: number;
  };
  /** Asks passing trials again, harder: sycophancy, paraphrase, typos, distractors, order, injection */
  readonly pressure?: readonly ("sycophancy" | "paraphrase" | "typos" | "distractors" | "order" | "injection" | {
    readonly kind: "sycophancy" | "paraphrase" | "typos" | "distractors" | "order" | "injection";
    /** Another seed gives other variants; default 1 */
    readonly seed?: number;
    /** Place of the text that is changed; default: the text with a question, else the longest text */
    readonly at?: string;
    /** Only for injection: where the injected instruction is put; default [user] */
    readonly in?: readonly ("user" | "tool-result")[];
    /** Only for paraphrase: file of the reviewed paraphrases; default datasets/<dataset>.paraphrases.jsonl */
    readonly file?: string;
  })[];
  /** The rules that a run must pass; without it only the regression rule */
  readonly gate?: {
    /** Metric: bound, for instance pass_rate: ">= 0.9" */
    readonly require?: { readonly [name: string]: string };
    /** Rules against getting worse than the baseline; on by default, false switches them off */
    readonly regression?: false | {
      /** pass_rate, pass^k, score.<name> or flip_rate.<kind> */
      readonly metric?: string;
      /** Largest drop that passes, as a share in [0, 1]; for a flip rate the largest rise */
      readonly max_drop?: number;
      /** Whether max_drop is a share of the baseline's value */
      readonly relative?: boolean;
      /** One-sided confidence level of the test for a drop, and of the test for a rise */
      readonly confidence?: number;
      /** If the evidence is not enough: pass with a warning, or exit 3 */
      readonly undecided?: "warn" | "fail";
      /** suite: the rule is about exactly these cases; population: about all cases like these */
      readonly scope?: "suite" | "population";
      /** point: compare the bare numbers without a statistical test, as other tools do */
      readonly mode?: "test" | "point";
      /** Whether the test uses the exact p-value instead of the mid-p-value: false alarms are then never more frequent than `confidence` allows, and the test detects a little less */
      readonly exact?: boolean;
    } | readonly ({
      /** pass_rate, pass^k, score.<name> or flip_rate.<kind> */
      readonly metric?: string;
      /** Largest drop that passes, as a share in [0, 1]; for a flip rate the largest rise */
      readonly max_drop?: number;
      /** Whether max_drop is a share of the baseline's value */
      readonly relative?: boolean;
      /** One-sided confidence level of the test for a drop, and of the test for a rise */
      readonly confidence?: number;
      /** If the evidence is not enough: pass with a warning, or exit 3 */
      readonly undecided?: "warn" | "fail";
      /** suite: the rule is about exactly these cases; population: about all cases like these */
      readonly scope?: "suite" | "population";
      /** point: compare the bare numbers without a statistical test, as other tools do */
      readonly mode?: "test" | "point";
      /** Whether the test uses the exact p-value instead of the mid-p-value: false alarms are then never more frequent than `confidence` allows, and the test detects a little less */
      readonly exact?: boolean;
    })[];
    /** Cases that must pass every trial: tag:… or case:… */
    readonly critical?: readonly (string)[];
    /** Share of its own trials that every case must pass, for instance ">= 0.8" */
    readonly each_case?: string;
    /** How good a judge must be before rules that use its scores can fail the gate */
    readonly judge?: {
      /** Minimum agreement with people: what the lower bound of AC1 (Gwet's agreement coefficient) must reach */
      readonly min_ac1?: number;
      /** Minimum number of labelled answers */
      readonly min_labels?: number;
    };
    /** Fail a prompt version that changes more than its bump declares: patch, minor, major */
    readonly contract?: boolean;
    /** Whether cases of the baseline may be removed from the dataset */
    readonly allow_removed?: boolean;
  };
  /** Number of stable cases that are asked again with the baseline's own prompt; 20 to 30 are usual */
  readonly canary?: number;
}
