import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { healFlags, healingTool, toolArguments } from '../../../src/cli/heal-flags.ts';

const flagsOf = (tool: string, without: readonly string[] = []) => {
  const command = new Command('x');
  healFlags(command, tool, without);
  return command.options.map(({ flags }) => flags);
};

describe('flags of a command that mends', () => {
  it('are the arguments of its tool, but for those that have operands', () => {
    expect(flagsOf('scale_workload')).toEqual(['--replicas <value>']);
    expect(flagsOf('restart_workload')).toEqual([]);
    expect(flagsOf('cordon_node')).toEqual(['--uncordon']);
    expect(flagsOf('cordon_node', ['uncordon'])).toEqual([]);
    expect(flagsOf('resize_workload')).toContain('--memory-limit <value>');
  });

  it('are those of a tool that there is', () => {
    expect(healingTool('approve_action').name).toBe('approve_action');
    expect(() => healingTool('delete_namespace')).toThrow('There is no tool delete_namespace.');
  });
});

describe('arguments of a tool, as they were written', () => {
  const object = (words: readonly string[], options: object = {}) =>
    toolArguments('scale_workload', { words, operand: 'object', options: { ...options } });

  it('take one word or two', () => {
    expect(object(['deployment/web'])).toEqual({ object: 'deployment/web' });
    expect(object(['deployment', 'web'])).toEqual({ object: 'deployment/web' });
    expect(() => object(['a', 'b', 'c'])).toThrow('One object at a time, not 3 words.');
  });

  it('take whole numbers for numbers, and leave the rest for the tool to refuse', () => {
    expect(
      ['4', '-1', '4.5', 'four', '9'.repeat(20)].map((replicas) => object(['d/web'], { replicas })['replicas']),
    ).toEqual([4, -1, '4.5', 'four', '9'.repeat(20)]);
  });

  it('take the cluster by either name', () => {
    expect(object(['d/web'], { context: 'prod' })['cluster']).toBe('prod');
    expect(object(['d/web'], { cluster: 'prod' })['cluster']).toBe('prod');
  });

  it('take no flag that would look everywhere', () => {
    expect(() => object(['d/web'], { allNamespaces: true })).toThrow('An action is on one object, in one namespace');
  });
});
