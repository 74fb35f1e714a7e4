import { once } from 'node:events';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import packageJson from '../../package.json' with { type: 'json' };
import { bugText, UserError } from '../errors.ts';
import { callTool, inputSchema } from '../tools/tool.ts';
import { TOOLS } from '../tools/tools.ts';
import type { CommandSettings } from './environment.ts';
import { toolSources } from './tool-sources.ts';

/**
 * Answers a client of the Model Context Protocol (revision 2025-11-25, and what the SDK knows of earlier ones) on standard
 * input and output, until it gives no more, or takes no more. What a model gave wrongly, or what is not there, is an
 * answer that it can read.
 */
export async function answerModels(settings: CommandSettings): Promise<void> {
  const server = new Server({ name: 'mkbox', version: packageJson.version }, { capabilities: { tools: {} } });
  const sources = toolSources(settings);
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: LISTED }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }): Promise<CallToolResult> => {
    const tool = TOOLS.find(({ name }) => name === params.name);
    if (tool === undefined) throw new McpError(ErrorCode.InvalidParams, `there is no tool ${params.name}`);
    try {
      return { content: [{ type: 'text', text: await callTool(tool, params.arguments ?? {}, sources, signal) }] };
    } catch (error) {
      if (error instanceof UserError) return { content: [{ type: 'text', text: error.message }], isError: true };
      if (!signal.aborted) process.stderr.write(`${bugText(error)}\n`); // a call that is cancelled has no answer
      throw error;
    }
  });
  const left = Promise.race([once(process.stdin, 'end'), once(process.stdout, 'error')]);
  await server.connect(new StdioServerTransport());
  await left;
  await server.close();
}

const LISTED = TOOLS.map((tool) => ({
  name: tool.name,
  title: tool.title,
  description: tool.description,
  inputSchema: inputSchema(tool),
  annotations: { readOnlyHint: true, openWorldHint: false },
}));
