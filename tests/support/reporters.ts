/** CI counts results from a JSON report; people read the console. */
const report = process.env['TEST_REPORT'];
export const reporters = report === undefined ? {} : { reporters: ['default', 'json'], outputFile: { json: report } };
