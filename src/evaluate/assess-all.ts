import type { AllCondition } from '../model/rule.ts';
import type { Assessor } from './assessor.ts';
import { holds } from './compare.ts';
import { measureOf } from './measure.ts';

/**
 * Several conditions on one series. A part without data does not hold; only where no part has any is there nothing to say. What fires
 * is over once one part is clear, as any one of them suffices to end it. The value is that of the first part.
 */
export function assessAll({ parts }: AllCondition): Assessor {
  const measures = parts.map(({ signal, floor, when }) => measureOf(signal, floor, when));
  const values: (number | 'none' | 'below floor')[] = parts.map(() => 'none');

  return {
    assess(series, { start, end }) {
      let holding = 0;
      let valued = 0;
      let small = 0;
      parts.forEach(({ when }, index) => {
        const measured = index === 0 ? series : series.others?.[index - 1];
        const value = measured === undefined ? 'none' : (measures[index]?.(measured, start, end) ?? 'none');
        values[index] = value;
        if (value === 'below floor') small += 1;
        if (typeof value === 'string') return;
        valued += 1;
        if (holds(when, value)) holding += 1;
      });
      if (holding === parts.length) return 'breach';
      if (valued > 0) return 'ok';
      return small > 0 ? 'below floor' : 'none';
    },
    value() {
      const [first] = values;
      return typeof first === 'number' ? first : null;
    },
    isClear() {
      return parts.some(({ when, clear }, index) => {
        const value = values[index];
        return typeof value === 'number' ? (clear === null ? !holds(when, value) : holds(clear, value)) : true;
      });
    },
  };
}
