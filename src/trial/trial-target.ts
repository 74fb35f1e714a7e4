/** What a board without a build reports. */
const NO_BUILD = '0'.repeat(64);

/** Where a trial asks, and what. */
export interface TrialTarget {
  /** As a board's `update_server_http` has it: `http://10.0.0.1:5555`. Undefined where only a query was given. */
  readonly server: string | undefined;
  /** Path and query. */
  readonly path: string;
}

/** Reads a URL, a path, a query, or `<box>/<image>[/<buildID>]`, as a board's log or a person has it. */
export function readTarget(text: string): TrialTarget {
  const [, server, rest = ''] = /^(\w+:\/\/[^/?]*)?(.*)$/s.exec(text) ?? [];
  const [path = '', query] = rest.split(/\?(.*)/s);
  return { server, path: pathOf(path, query) };
}

function pathOf(path: string, query: string | undefined): string {
  if (query !== undefined && /^\/*update$/.test(path)) return `/update?${query}`;
  if (query === undefined && path.includes('=')) return `/update?${path}`;
  return path.replace(/^\/*(update\/)?/, '/update/');
}

/** The same as asked by a board that runs `buildId`; by one that runs none yet, where none is given. */
export function withBuild(path: string, buildId?: string): string {
  const [place = '', query] = path.split(/\?(.*)/s);
  const build = buildId ?? NO_BUILD;
  if (query !== undefined) {
    const pairs = query.split('&').filter((pair) => buildId === undefined || !pair.startsWith('build_id='));
    const isSaid = pairs.some((pair) => /^build_id=./.test(pair));
    return isSaid
      ? path
      : `${place}?${[...pairs.filter((pair) => pair !== 'build_id='), `build_id=${build}`].join('&')}`;
  }
  const [, update = '', box = '', image = '', said] = place.split('/');
  return said === undefined || buildId !== undefined ? `/${[update, box, image, build].join('/')}` : place;
}
