import type { Inventory } from '../contents/inventory.ts';
import { UserError } from '../errors.ts';
import { printableJson } from '../printable.ts';
import type { BoardReport, ImageReport } from '../status/report.ts';

/** Where tools look. Whoever has a server, or a folder of images, is one. */
export interface ToolSources {
  /** The images as boards get them. @throws UserError where they can't be read */
  images(): Promise<readonly ImageReport[]>;
  /** The boards that asked. @throws UserError where there is no server that knows any */
  boards(): Promise<readonly BoardReport[]>;
  /** Builds whose inventory can be had by their IDs alone, besides those that images have. */
  builds(): Promise<readonly string[]>;
  /** What is in an image, `<box>/<image>`, as it is in its folder. @throws UserError where it can't be read */
  inventoryOfImage(id: string, signal: AbortSignal): Promise<Inventory>;
  /** What is in a build, by its ID. @throws UserError where that is not known */
  inventoryOfBuild(buildId: string, signal: AbortSignal): Promise<Inventory>;
}

/** What a language model may call. It reads, and changes nothing. */
export interface Tool {
  /** As the model calls it; in the editor, with `mkbox_` before it. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** For the model: what it tells, and when to call it. */
  readonly description: string;
  /** What has to be given, all of it text, and what each means, for the model. */
  readonly parameters: Readonly<Record<string, string>>;
  /** @throws UserError for what is not there, or can't be told */
  answer(sources: ToolSources, input: Readonly<Record<string, string>>, signal: AbortSignal): Promise<object>;
}

/** The input of a tool as JSON Schema describes it. */
export function inputSchema({ parameters }: Pick<Tool, 'parameters'>) {
  const described = Object.entries(parameters).map(([name, description]) => [name, { type: 'string', description }]);
  const properties: Record<string, { type: 'string'; description: string }> = Object.fromEntries(described);
  const required = Object.keys(parameters);
  return {
    type: 'object' as const,
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/**
 * Calls a tool with what a model gave it, and returns its answer as a line of JSON.
 * @throws UserError when the input is not what the tool takes, and what the tool throws
 */
export async function callTool(tool: Tool, input: unknown, sources: ToolSources, signal: AbortSignal): Promise<string> {
  return printableJson(await tool.answer(sources, readInput(tool, input), signal));
}

function readInput({ name, parameters }: Tool, input: unknown): Record<string, string> {
  const given = new Map(Object.entries(typeof input === 'object' && input !== null ? input : {}));
  const stranger = [...given.keys()].find((key) => !Object.hasOwn(parameters, key));
  if (stranger !== undefined) throw new UserError(`${name} takes no ${JSON.stringify(stranger)}`);
  const entries = Object.keys(parameters).map((key) => {
    const value: unknown = given.get(key);
    if (typeof value === 'string' && value.trim() !== '') return [key, value.trim()];
    throw new UserError(`${name} needs ${JSON.stringify(key)}, as a text`);
  });
  return Object.fromEntries(entries);
}
