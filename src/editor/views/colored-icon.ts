import * as vscode from 'vscode';

/** A codicon in a color of the theme. */
export function coloredIcon(icon: string, color: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}
