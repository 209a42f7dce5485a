import type { AllCondition, ConditionPart } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';
import type { Assessor, Outcome } from './assessor.ts';
import { holds } from './compare.ts';
import { type Measure, measureOf, type Value } from './measure.ts';

/**
 * Several conditions on one series. A part without data does not hold; only where no part has any is there nothing to say. What fires
 * is over once one part is clear, as any one of them suffices to end it. The value is that of the first part.
 */
export function assessAll({ parts }: AllCondition): Assessor {
  return new AllAssessor(parts);
}

class AllAssessor implements Assessor {
  private readonly parts: AllCondition['parts'];
  private readonly measures: readonly Measure[];
  private readonly values: Value[];

  constructor(parts: AllCondition['parts']) {
    this.parts = parts;
    this.measures = parts.map(({ signal, floor, when }) => measureOf(signal, floor, when));
    this.values = parts.map(() => 'none');
  }

  assess(series: Series, { start, end }: Window): Outcome {
    const { parts, measures, values } = this;
    let holding = 0;
    let valued = 0;
    let small = 0;
    for (let index = 0; index < parts.length; index++) {
      const measured = index === 0 ? series : series.others?.[index - 1];
      const value = measured === undefined ? 'none' : (measures[index] as Measure).of(measured, start, end);
      values[index] = value;
      if (value === 'below floor') small += 1;
      if (typeof value === 'string') continue;
      valued += 1;
      if (holds((parts[index] as ConditionPart).when, value)) holding += 1;
    }
    if (holding === parts.length) return 'breach';
    if (valued > 0) return 'ok';
    return small > 0 ? 'below floor' : 'none';
  }

  value(): number | null {
    const [first] = this.values;
    return typeof first === 'number' ? first : null;
  }

  isClear(): boolean {
    return this.parts.some(({ when, clear }, index) => {
      const value = this.values[index];
      return typeof value === 'number' ? (clear === null ? !holds(when, value) : holds(clear, value)) : true;
    });
  }
}
