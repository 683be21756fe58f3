import { nameOf } from '../../objects.ts';
import type { FieldChange } from '../draft.ts';
import { configuration } from '../never-touched.ts';
import { pathsOf } from './fields.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

const variables = /\/env(?:From)?(?:\/|$)|^\/(?:data|stringData|binaryData)(?:\/|$)/;
/** Where a change shows the value of a variable, and what may stand there instead of it. */
const ofVariable = /\benv\b.*\bvalue$|\b(?:data|stringData|binaryData)\b/;
const hidden = /^\((?:value|none)\)$|^\[REDACTED/;

/** G38: no value of a Secret or variable is in a plan, and no configuration is edited. */
export const noSecrets: Guard = {
  id: 'G38',
  title: 'edits no configuration, and shows no secret value',

  check({ operations, inverse, changes, target }) {
    const all = [...operations, ...inverse];
    const edited = [target.object, ...all.map(({ on }) => on.object)].find(({ kind }) => configuration.has(kind));
    if (edited !== undefined)
      return refuse(`${nameOf(edited)} would be edited.`, 'edit it where it comes from, then restart what reads it');
    const path = all
      .flatMap((operation) => (operation.verb === 'patch' ? operation.steps.flatMap(pathsOf) : []))
      .find((each) => variables.test(each));
    if (path !== undefined)
      return refuse(`The plan would write ${path}, the value of a variable.`, 'roll back to a revision that has it');
    const shown = changes.find(showsValue);
    return shown === undefined
      ? allow('No ConfigMap or Secret is edited, and no value of a variable is in the plan.')
      : refuse(`The plan shows the value of ${shown.field} of ${nameOf(shown.object)}.`, 'plan again, without values');
  },
};

const showsValue = ({ field, before, after }: FieldChange): boolean =>
  ofVariable.test(field) && [before, after].some((value) => value !== undefined && !hidden.test(value));
