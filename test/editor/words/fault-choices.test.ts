import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type FaultNumber, faultChoices, numberProblem } from '../../../src/editor/words/fault-choices.ts';
import { faultForm, parseFaultOrder } from '../../../src/server/sending/fault.ts';
import { PLAIN } from '../plain-words.ts';

const choices = faultChoices(PLAIN);
const numbers = choices.flatMap(({ leadsTo }): FaultNumber[] => ('kind' in leadsTo ? [] : [leadsTo]));

suite('the faults to choose from', () => {
  test('are all that the command line knows, and as it proposes them', () => {
    const forms = choices.map(({ leadsTo }) => {
      return faultForm('kind' in leadsTo ? leadsTo : leadsTo.faultOf(leadsTo.proposed));
    });
    deepEqual(forms, ['cut:50', 'stall:50', 'slow:200', 'byte', 'checksum', 'late:30', '404', '503']);
  });

  test('take the numbers that the command line takes', () => {
    equal(numbers.length, 4);
    for (const { range, faultOf } of numbers) {
      for (const number of [range.least, range.most]) {
        deepEqual(parseFaultOrder(faultForm(faultOf(number)))?.fault, faultOf(number));
        equal(numberProblem(` ${number} `, range, PLAIN), undefined);
      }
      for (const typed of ['', '-1', '1.5', '1e1', '0x1', 'x', String(range.most + 1), String(range.least - 1)]) {
        equal(numberProblem(typed, range, PLAIN), `A whole number from ${range.least} to ${range.most}`, typed);
      }
    }
  });
});
