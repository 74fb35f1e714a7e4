import type { ImageQuery } from '../images/image-name.ts';
import type { Asked } from './transfer.ts';

/** Boards in the field write the branch as `&=branch=R`: a parameter without a name, whose value is `branch=R`. */
const MISPLACED_BRANCH = 'branch=';

/**
 * Reads the query of `/update?name=N&board=B&branch=R&version=V&build_id=I`. Empty values count as absent; of a
 * parameter that comes twice, the first that is not empty counts. Boards encode nothing, so a plus sign is one: a
 * version may hold it (`1.0+rc1`).
 */
export function askedByParts(query: string): Asked {
  const parameters = new URLSearchParams(query.replaceAll('+', '%2B'));
  const first = (name: string) => parameters.getAll(name).find((value) => value !== '');
  const misplaced = parameters.getAll('').find((value) => value.startsWith(MISPLACED_BRANCH));
  return withoutAbsent({
    kind: 'update',
    box: first('name'),
    board: first('board'),
    branch: first('branch') ?? (misplaced?.slice(MISPLACED_BRANCH.length) || undefined),
    version: first('version'),
    buildId: first('build_id'),
  });
}

/**
 * What a request for `target` asks for, where it is one for an update: for those that are turned away, of which nothing
 * is looked up. The target's percent escapes are whole.
 */
export function askedByTarget(target: string): Asked {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  if (path === '/update') return askedByParts(query);
  const [, update, box, image, buildId] = path.split('/').map(decodeURIComponent);
  if (update !== 'update' || !box || !image) return { kind: 'other' };
  return withoutAbsent({ kind: 'update', box, image, buildId: buildId || undefined });
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

/** `asked` without the members that are undefined. */
export function withoutAbsent(asked: { [K in keyof Asked]: Asked[K] | undefined } & Pick<Asked, 'kind'>): Asked {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as unknown as Asked;
}
