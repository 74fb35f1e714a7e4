import {
  type BoardGroup,
  type GroupedBoard,
  type Grouping,
  type GroupKey,
  groupBoards,
} from '../words/board-groups.ts';

/** The row of a group of boards. */
export interface GroupNode {
  readonly kind: 'board group';
  readonly rowId: string;
  readonly key: GroupKey;
}

/** A board's row; under a group, one of as many as the board has groups. */
export interface BoardNode {
  readonly kind: 'board';
  readonly id: string;
  readonly rowId: string;
  readonly group: GroupNode | undefined;
}

/** A group's row with what it stands for, and the rows below it. */
interface Branch {
  readonly node: GroupNode;
  readonly group: BoardGroup;
  readonly rows: readonly BoardNode[];
}

/** The rows of groups and boards. Each keeps the same object as long as what it stands for is there. */
export class BoardsTree {
  #branches: ReadonlyMap<string, Branch> = new Map();
  #rows: ReadonlyMap<string, BoardNode> = new Map();

  /** Lays `boards` out, in their order. Whether rows came, went or moved. */
  layOut(boards: readonly GroupedBoard[], grouping: Grouping): boolean {
    const before = this.#order();
    const branches = grouping === 'none' ? [] : groupBoards(boards, grouping).map((group) => this.#branch(group));
    const rows =
      grouping === 'none' ? boards.map(({ id }) => this.#row(id, undefined)) : branches.flatMap(({ rows }) => rows);
    this.#branches = new Map(branches.map((branch) => [branch.node.rowId, branch]));
    this.#rows = new Map(rows.map((row) => [row.rowId, row]));
    return this.#order() !== before;
  }

  /** The outermost rows: those of groups, or of boards that are not grouped. */
  get roots(): (GroupNode | BoardNode)[] {
    return this.#branches.size > 0 ? this.groups : this.rows;
  }

  /** The rows of groups. */
  get groups(): GroupNode[] {
    return [...this.#branches.values()].map(({ node }) => node);
  }

  /** The rows of boards, of each as many as it has. */
  get rows(): BoardNode[] {
    return [...this.#rows.values()];
  }

  /** The rows below a group's. */
  rowsIn({ rowId }: GroupNode): readonly BoardNode[] {
    return this.#branches.get(rowId)?.rows ?? [];
  }

  /** What a group's row stands for, unless that is gone. */
  group({ rowId }: GroupNode): BoardGroup | undefined {
    return this.#branches.get(rowId)?.group;
  }

  #order(): string {
    return [...this.#branches.keys(), ...this.#rows.keys()].join('\n');
  }

  #branch(group: BoardGroup): Branch {
    const { by, name = null } = group.key;
    const rowId = JSON.stringify([by, name]);
    const node = this.#branches.get(rowId)?.node ?? { kind: 'board group', rowId, key: group.key };
    return { node, group, rows: group.boards.map(({ id }) => this.#row(id, node)) };
  }

  /** The names of groups are what users type: written as JSON, no two rows have the same ID. */
  #row(id: string, group: GroupNode | undefined): BoardNode {
    const rowId = group === undefined ? id : JSON.stringify([group.rowId, id]);
    return this.#rows.get(rowId) ?? { kind: 'board', id, rowId, group };
  }
}
