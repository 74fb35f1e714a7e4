import type { ImageQuery } from '../../images/image-name.ts';

/** What a request asks for, by the parts it gave. */
export interface Asked {
  /** `other`: not a boards' endpoint, but maybe a page. */
  readonly kind: 'update' | 'list' | 'identity' | 'other';
  readonly box?: string;
  /** Where the request names the image itself. */
  readonly image?: string;
  readonly board?: string;
  readonly branch?: string;
  readonly version?: string;
  /** The build the board says it runs. */
  readonly buildId?: string;
  readonly search?: string;
  /** Where the query is a server's address: that of a board whose update.txt or DNS records name a server, and no box. */
  readonly isServer?: true;
}

const OTHER: Asked = { kind: 'other' };

/** A parameter's name that is the beginning of a URL. */
const URL_BEGINS = /^https?:\/\//i;

/** Boards in the field write the branch as `&=branch=R`: a parameter without a name, whose value is `branch=R`. */
const MISPLACED_BRANCH = 'branch=';

const LIST = '/list/';

/**
 * What a request for `target`, a path with or without a query, asks for. Paths are decoded once, and only ever looked up.
 * The glob behind `/list/` may hold question marks, which begin no query there.
 */
export function parseTarget(target: string): Asked {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  const [, word, ...names] = path.split('/').map(decoded);
  switch (word) {
    case 'update':
      return names.length === 0 ? askedByParts(query) : askedByNames(names);
    case 'list': {
      const search = target.startsWith(LIST) ? decoded(target.slice(LIST.length)) : '';
      if (search === undefined) return OTHER;
      return search === '' ? { kind: 'list' } : { kind: 'list', search };
    }
    case 'identity':
      return names.length === 0 ? { kind: 'identity' } : OTHER;
    default:
      return OTHER;
  }
}

/** What a request by parts asks of the catalog; undefined where it names no box or no board. */
export function imageQuery({ box, board, branch, version }: Asked): ImageQuery | undefined {
  if (box === undefined || board === undefined) return undefined;
  return {
    name: box,
    board,
    ...(branch === undefined ? {} : { branch }),
    ...(version === undefined ? {} : { version }),
  };
}

/**
 * Reads the query of `/update?name=N&board=B&branch=R&version=V&build_id=I`. Empty values count as absent; of a
 * parameter that comes twice, the first that is not empty counts. Boards encode nothing, so a plus sign is one: a
 * version may hold it (`1.0+rc1`).
 */
function askedByParts(query: string): Asked {
  const parameters = new URLSearchParams(query.replaceAll('+', '%2B'));
  const first = (name: string) => parameters.getAll(name).find((value) => value !== '');
  const misplaced = parameters.getAll('').find((value) => value.startsWith(MISPLACED_BRANCH));
  return update({
    box: first('name'),
    board: first('board'),
    branch: first('branch') ?? (misplaced?.slice(MISPLACED_BRANCH.length) || undefined),
    version: first('version'),
    buildId: first('build_id'),
    isServer: [...parameters.keys()].some((name) => URL_BEGINS.test(name)) || undefined,
  });
}

/** Reads `/update/<box>/<image>[/[<buildID>]]`. */
function askedByNames([box, image, buildId, ...rest]: readonly (string | undefined)[]): Asked {
  if (!box || !image || rest.length > 0) return OTHER;
  return update({ box, image, buildId: buildId || undefined });
}

/** A question for an update, of the parts that are there. */
function update(parts: { [K in Exclude<keyof Asked, 'kind'>]?: Asked[K] | undefined }): Asked {
  const given = Object.entries(parts).filter(([, value]) => value !== undefined);
  return { kind: 'update', ...Object.fromEntries(given) };
}

/** Undefined where a percent sign is not followed by the digits of UTF-8. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
