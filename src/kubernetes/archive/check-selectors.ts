import type { KubernetesObject } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';
import type { ListQuery } from '../ports.ts';
import { fieldsOfSelector, hasField, termsOf } from './selectors.ts';

const name = '[A-Za-z0-9](?:[\\w.-]{0,61}[A-Za-z0-9])?';
const key = `(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?${name}`;
const value = `(?:${name})?`;
const gap = '\\s{0,9}';
/** One requirement as apimachinery `labels.Parse` reads it, with the names and values that it accepts. */
const labelTerm = new RegExp(
  `^(?:!${gap}${key}|${key}|${key}${gap}(?:==?|!=)${gap}${value}|${key}${gap}[<>]${gap}\\d{1,18}|` +
    `${key}\\s{1,9}(?:in|notin)${gap}\\(${gap}${value}(?:${gap},${gap}${value}){0,500}${gap}\\))$`,
);

/** Fields that API servers select by (`SelectableFields` of the kinds' strategies, v1.36): known, even where none is set. */
const selectable = new Set(
  `metadata.name metadata.namespace spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName
  spec.hostNetwork status.phase status.podIP status.podIPs status.nominatedNodeName spec.unschedulable
  involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid involvedObject.apiVersion
  involvedObject.resourceVersion involvedObject.fieldPath reason reportingComponent source type status.replicas
  status.successful spec.signerName`.split(/\s+/),
);

/**
 * Throws `validation_error` for selectors that an API server would refuse: what cannot be read, and fields that nothing
 * has. In an archive every field that some object of the kind has can be selected by.
 */
export function checkSelectors({ labelSelector, fieldSelector }: ListQuery, ofKind: readonly KubernetesObject[]): void {
  const badLabel = termsOf(labelSelector).find((term) => !labelTerm.test(term));
  if (badLabel !== undefined)
    throw refused('label_selector', `${JSON.stringify(badLabel)} is no requirement`, labelHint);
  for (const { term, field } of fieldsOfSelector(fieldSelector)) {
    if (field === undefined) throw refused('field_selector', `${JSON.stringify(term)} compares nothing`, fieldHint);
    const known = selectable.has(field) || ofKind.length === 0 || ofKind.some((object) => hasField(object, field));
    if (!known) throw refused('field_selector', `field label not supported: ${field}`, fieldHint);
  }
}

const labelHint = 'Write it like app=web,tier!=cache,stage in (test,prod).';
const fieldHint = 'Write it like metadata.name=web,status.phase!=Running, with fields that objects of this kind have.';

const refused = (argument: string, message: string, hint: string): AppError =>
  new AppError('validation_error', `This archive refuses ${argument}: ${message}`, {
    hint,
    details: { archive: true, problems: [{ path: argument, message }] },
  });
