import {
  defaultResource,
  detectResources,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { cleanAttributes } from './clean-export.ts';

/** What all that is exported is about: this start of kubemend. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win. */
export function resourceOf(version: string): Resource {
  const own = resourceFromAttributes({ 'service.name': 'kubemend', 'service.version': version });
  const detectors = [serviceInstanceIdDetector, resourceAttributesEnvDetector, serviceNameEnvDetector];
  const { attributes } = defaultResource().merge(own).merge(detectResources({ detectors }));
  return resourceFromAttributes(cleanAttributes(attributes));
}
