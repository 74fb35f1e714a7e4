/** The side bar: an extension's container in the activity bar, its views and what they hold. */
import type { Page } from 'playwright-core';
import type { Drawn } from './drawn.ts';
import { clickMenuItem, closeMenu, type MenuItem, menuItems } from './menus.ts';
import { pointNowhere, tooltipOf, unlessTimedOut } from './tooltip.ts';
import { findRow, type RowChoice, readTree, setExpanded, type TreeRow } from './tree.ts';
import { found, until } from './wait.ts';

/** A click on a container's icon has shown its views after this, if it did not hide them. */
const SHOWN_WITHIN_MS = 3_000;

/** A row that nothing lies over is clicked within this. */
const CLICKED_WITHIN_MS = 5_000;

/** Views by their names, rows by their labels. */
export function views(page: Page) {
  const tree = (view: string) => page.locator(`.monaco-list[role="tree"][aria-label="${view}"]`);
  // A view's description is a part of its header's label, if it had one when its title was drawn.
  const pane = (view: string) =>
    page.locator('.pane').filter({
      has: page.locator(
        `.pane-header[aria-label="${view} Section"], .pane-header[aria-label^="${view} - "][aria-label$=" Section"]`,
      ),
    });
  /** Points at a view's title, which shows its buttons. */
  const pointAtTitle = async (view: string) => {
    await pointNowhere(page);
    await pane(view).locator('.pane-header').hover();
  };
  // A badge or a shortcut comes after the title: "Explorer (Ctrl+Shift+E)".
  const container = (title: string) =>
    page.locator('.part.activitybar .action-item').filter({
      has: page.locator(`.action-label[aria-label="${title}"], .action-label[aria-label^="${title} "]`),
    });

  /** Opens a row's context menu and reads it. */
  const openMenu = async (view: string, row: RowChoice): Promise<MenuItem[] | undefined> => {
    const name = (await findRow(tree(view), row)).locator('.label-name');
    // a hover that was about to appear when the mouse left may lie over the row now
    const isClicked = await name
      .click({ button: 'right', timeout: CLICKED_WITHIN_MS })
      .then(() => true, unlessTimedOut);
    return isClicked ? menuItems(page) : undefined;
  };

  return {
    /** Shows a container of views by its title in the activity bar. */
    async openView(title: string): Promise<void> {
      const icon = container(title);
      const heading = page.locator('.part.sidebar .composite.title', { hasText: title });
      await icon.waitFor();
      await until(`the views of ${title}`, async () => {
        // A click hides a side bar that is shown, or that a window is about to show again as it was left.
        if ((await icon.getAttribute('aria-expanded')) !== 'true') await icon.click();
        return heading.waitFor({ timeout: SHOWN_WITHIN_MS }).then(
          () => true,
          () => false,
        );
      });
    },

    /** Draws the side bar's edge to where it is so many pixels wide. */
    async widenSideBar(toPixels: number): Promise<void> {
      const sideBar = page.locator('.part.sidebar');
      const { x = 0, y = 0, width = 0 } = (await sideBar.boundingBox()) ?? {};
      await page.mouse.move(x + width + 2, y + 300);
      await page.mouse.down();
      await page.mouse.move(x + toPixels, y + 300, { steps: 5 });
      await page.mouse.up();
    },

    /** Closes a view, which leaves its room to the others. */
    async closeView(view: string): Promise<void> {
      const header = pane(view).locator('.pane-header');
      if ((await header.getAttribute('aria-expanded')) === 'true') await header.locator('.title').click();
      await pane(view).locator('.pane-header[aria-expanded="false"]').waitFor();
    },

    /** The number on a container's icon and what a screen reader says about it; empty without one. */
    async badge(title: string): Promise<{ text: string; ariaLabel: string }> {
      const badge = container(title).locator('.badge');
      const text = (await badge.locator('.badge-content').textContent()) ?? '';
      return { text, ariaLabel: text && ((await badge.getAttribute('aria-label')) ?? '') };
    },

    /** All rows that a view has now, from top to bottom. */
    treeRows: (view: string): Promise<TreeRow[]> => readTree(tree(view)),

    /** Opens a row and waits for what is below it. */
    expand: (view: string, row: RowChoice) => setExpanded(tree(view), row, true),

    /** Closes a row. */
    collapse: (view: string, row: RowChoice) => setExpanded(tree(view), row, false),

    /** Clicks a row; with `Shift` or `Control` it is selected with others. */
    async clickRow(view: string, row: RowChoice, ...modifiers: ('Shift' | 'Control')[]): Promise<void> {
      await (await findRow(tree(view), row)).locator('.label-name').click({ modifiers });
    },

    /** Presses the button at a row's end. */
    async clickRowAction(view: string, row: RowChoice, action: string): Promise<void> {
      const element = await findRow(tree(view), row);
      await element.hover();
      await element.getByRole('button', { name: action, exact: true }).click();
    },

    /** What pointing at a row shows. */
    rowTooltip: async (view: string, row: RowChoice) =>
      tooltipOf((await findRow(tree(view), row)).locator('.label-name')),

    /** Opens a row's context menu and reads it; `closeMenu` comes next. */
    contextMenu: (view: string, row: RowChoice) => found(`the menu of ${row}`, () => openMenu(view, row)),

    /** Does what an entry of a row's context menu does, as soon as the row has that entry. */
    async clickInContextMenu(view: string, row: RowChoice, label: string): Promise<void> {
      await until(
        `"${label}" in the menu of ${row}`,
        async () => {
          const labels = (await openMenu(view, row))?.map((item) => item.label);
          const isThere = labels?.includes(label) === true;
          if (labels !== undefined && !isThere) await closeMenu(page);
          return { labels, isClicked: isThere && (await clickMenuItem(page, label)) };
        },
        ({ isClicked }) => isClicked,
      );
    },

    /** The buttons in a view's title. */
    async viewActions(view: string): Promise<string[]> {
      await pointAtTitle(view);
      const actions = pane(view).locator('.pane-header .actions .action-label');
      return actions.evaluateAll((elements: { getAttribute(name: string): string | null }[]) =>
        elements.map((element) => element.getAttribute('aria-label') ?? ''),
      );
    },

    /** Presses a button in a view's title. */
    async clickViewAction(view: string, action: string): Promise<void> {
      await pointAtTitle(view);
      await pane(view).locator('.pane-header').getByRole('button', { name: action, exact: true }).click();
    },

    /** What an empty view says, once it says that: it changes in steps, as the window comes to know more. */
    welcome(view: string, says: RegExp): Promise<{ text: string; buttons: string[] }> {
      const contents = pane(view).locator('.welcome-view-content');
      // at once: read one after the other, texts and buttons could be of two states
      const read = async () => {
        const [shown] = await contents.evaluateAll((elements: Drawn[]) =>
          elements.map((element) => {
            const texts = (selector: string) =>
              [...element.querySelectorAll(selector)].map((part) => part.textContent ?? '');
            return { text: texts('p').join('\n'), buttons: texts('.monaco-button') };
          }),
        );
        return shown ?? { text: '', buttons: [] };
      };
      return until(`the empty view ${view} to say ${says}`, read, ({ text }) => says.test(text));
    },

    /** Presses a button of an empty view. */
    async clickWelcomeButton(view: string, button: string): Promise<void> {
      await pane(view).locator('.welcome-view-content').getByRole('button', { name: button, exact: true }).click();
    },

    /** What an extension writes beside a view's title; empty without it. */
    async viewDescription(view: string): Promise<string> {
      const description = pane(view).locator('.pane-header .description');
      const [text] = await description.allTextContents();
      return (text ?? '').trim();
    },

    /** The line an extension shows above a view's rows; empty without one. */
    async viewMessage(view: string): Promise<string> {
      const message = pane(view).locator('.tree-explorer-viewlet-tree-view > .message:not(.hide)');
      const [text] = await message.allInnerTexts();
      return text ?? '';
    },
  };
}
